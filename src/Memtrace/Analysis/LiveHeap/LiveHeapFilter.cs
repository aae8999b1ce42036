using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Cuts a live heap down to what matters to a question.</summary>
public static class LiveHeapFilter
{
    /// <summary>
    /// Keeps the call sites any of whose stacks <paramref name="filter"/> is about, each as a whole; of the stacks, those that
    /// match themselves. What is kept of a type whose sites are not all kept has bytes and objects, but no known age or share (NaN), unless it is one site.
    /// </summary>
    /// <param name="live">The live heap.</param>
    /// <param name="allocations">All allocations of the recording: their stacks are those of what has died.</param>
    /// <param name="filter">The filter.</param>
    /// <exception cref="RegexMatchTimeoutException">An expression has a time-out, and matching took longer.</exception>
    public static LiveHeapProfile Apply(LiveHeapProfile live, AllocationProfile allocations, ProfileFilter filter)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(allocations);
        ArgumentNullException.ThrowIfNull(filter);
        return new Places(new NameFilter(filter), live, allocations).Of(live);
    }

    /// <summary>The call sites that match.</summary>
    private sealed class Places(NameFilter names, LiveHeapProfile live, AllocationProfile allocations)
    {
        private readonly HashSet<CallSite> _sites =
        [
            .. from item in Stacks(live.End).Concat(Stacks(live.Peak)).Concat(Stacks(live.PeakRss)).Concat(Stacks(allocations))
               where names.Matches(item.Type, item.Stack)
               select CallSite.Of(item.Type, item.Stack),
        ];

        public LiveHeapProfile Of(LiveHeapProfile profile) => profile with
        {
            End = Of(profile.End),
            Peak = Of(profile.Peak),
            PeakRss = profile.PeakRss is { } peakRss ? Of(peakRss) : null,
            Growth = [.. profile.Growth.Where(item => Keeps(item.Type, item.Site))],
            Lifetimes = [.. profile.Lifetimes.Where(item => Keeps(item.Type, item.Site))],
        };

        private bool Keeps(string type, Frame? site) => _sites.Contains(new CallSite(type, site)) || names.Matches(type, site);

        private LiveSnapshot Of(LiveSnapshot snapshot)
        {
            ImmutableArray<LiveSite> sites = [.. snapshot.Sites.Where(site => Keeps(site.Type, site.Site))];
            return new LiveSnapshot(
                snapshot.AtSeconds,
                Sum(sites.Select(site => site.Survival.Live)),
                Sum(sites.Select(site => site.Survival.Uncollected)),
                Types(snapshot, sites),
                sites,
                [.. snapshot.Stacks.Where(item => names.Matches(item.Type, item.Stack))]);
        }

        private static ImmutableArray<LiveType> Types(LiveSnapshot snapshot, ImmutableArray<LiveSite> kept)
        {
            var all = snapshot.Sites.CountBy(site => site.Type).ToDictionary();
            var parts = kept.ToLookup(site => site.Type, site => site.Survival);
            return
            [
                .. from type in snapshot.Types
                   let part = parts[type.Type].ToList()
                   where part.Count > 0
                   let whole = part.Count == all[type.Type]
                   select whole ? type : new LiveType(type.Type, Together(part)) into type
                   orderby type.Survival.Live.Bytes descending
                   select type,
            ];
        }

        private static Survival Together(List<Survival> parts) => parts is [var only]
            ? only
            : new Survival(Sum(parts.Select(part => part.Live)), Sum(parts.Select(part => part.Uncollected)), double.NaN, double.NaN, double.NaN);

        private static Estimate Sum(IEnumerable<Estimate> estimates) => estimates.Aggregate(Estimate.Zero, Estimate.Add);

        private static IEnumerable<(string Type, CallStack? Stack)> Stacks(LiveSnapshot? snapshot) =>
            snapshot?.Stacks.Select(item => (item.Type, item.Stack)) ?? [];

        private static IEnumerable<(string Type, CallStack? Stack)> Stacks(AllocationProfile allocations) =>
            allocations.Stacks.Select(item => (item.Type, item.Stack));
    }
}
