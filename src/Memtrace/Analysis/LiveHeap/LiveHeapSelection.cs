using System.Collections.Immutable;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>The call sites of a live heap that a filter selects.</summary>
/// <param name="matcher">Matches types and stacks.</param>
/// <param name="live">The live heap.</param>
/// <param name="allocations">All allocations of the recording, which have the stacks of dead objects.</param>
internal sealed class LiveHeapSelection(FilterMatcher matcher, LiveHeapProfile live, AllocationProfile allocations)
{
    private readonly HashSet<CallSite> _sites =
    [
        .. from item in Stacks(live.End).Concat(Stacks(live.Peak)).Concat(Stacks(live.PeakRss)).Concat(Stacks(allocations))
           where matcher.Matches(item.Type, item.Stack)
           select CallSite.Of(item.Type, item.Stack),
    ];

    /// <summary>The live heap restricted to these sites.</summary>
    public LiveHeapProfile Apply(LiveHeapProfile profile) => profile with
    {
        End = Apply(profile.End),
        Peak = Apply(profile.Peak),
        PeakRss = profile.PeakRss is { } peakRss ? Apply(peakRss) : null,
        Growth = [.. profile.Growth.Where(item => Keeps(item.Type, item.Site))],
        Lifetimes = [.. profile.Lifetimes.Where(item => Keeps(item.Type, item.Site))],
    };

    private bool Keeps(string type, Frame? site) => _sites.Contains(new CallSite(type, site)) || matcher.Matches(type, site);

    private LiveSnapshot Apply(LiveSnapshot snapshot)
    {
        ImmutableArray<LiveSite> sites = [.. snapshot.Sites.Where(site => Keeps(site.Type, site.Site))];
        return new LiveSnapshot(
            snapshot.AtSeconds,
            Sum(sites.Select(site => site.Survival.Live)),
            Sum(sites.Select(site => site.Survival.Uncollected)),
            Types(snapshot, sites),
            sites,
            [.. snapshot.Stacks.Where(item => matcher.Matches(item.Type, item.Stack))])
        {
            Unproved = snapshot.Unproved is null ? null : Sum(sites.Select(site => site.Survival.Unproved)),
        };
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
               let isWhole = part.Count == all[type.Type]
               select isWhole ? type : new LiveType(type.Type, Total(part)) into type
               orderby type.Survival.Live.Bytes descending
               select type,
        ];
    }

    private static Survival Total(List<Survival> parts) => parts is [var only]
        ? only
        : new Survival(Sum(parts.Select(part => part.Live)), Sum(parts.Select(part => part.Uncollected)), null, null, null)
        {
            Unproved = Sum(parts.Select(part => part.Unproved)),
        };

    private static Estimate Sum(IEnumerable<Estimate> estimates) => estimates.Aggregate(Estimate.Zero, Estimate.Add);

    private static IEnumerable<(string Type, CallStack? Stack)> Stacks(LiveSnapshot? snapshot) =>
        snapshot?.Stacks.Select(item => (item.Type, item.Stack)) ?? [];

    private static IEnumerable<(string Type, CallStack? Stack)> Stacks(AllocationProfile allocations) =>
        allocations.Stacks.Select(item => (item.Type, item.Stack));
}
