using System.Runtime.InteropServices;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Sums the tracked objects at one time by type, by call site and by stack.</summary>
/// <param name="seconds">The time. Objects born later do not count.</param>
/// <param name="places">The resolved types and stacks, by the ledger's numbers.</param>
/// <param name="provedFrom">Objects that a collection last proved alive before this may have been dead at the time; null if all are taken to be alive.</param>
internal sealed class SnapshotBuilder(double seconds, Place[] places, double? provedFrom = null)
{
    private readonly SurvivalSum _total = new(seconds, provedFrom);
    private readonly Dictionary<string, SurvivalSum> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<CallSite, SurvivalSum> _sites = [];
    private readonly Dictionary<Place, Estimate> _stacks = [];

    /// <summary>Adds objects.</summary>
    public void Add(ReadOnlySpan<TrackedObject> items)
    {
        foreach (ref readonly var item in items)
        {
            if (item.Born > seconds)
                continue;
            var place = places[item.Site];
            _total.Add(item);
            Of(_types, place.Type).Add(item);
            Of(_sites, CallSite.Of(place.Type, place.Stack)).Add(item);
            if (item.Observed && !(item.ProvedAt < provedFrom))
                CollectionsMarshal.GetValueRefOrAddDefault(_stacks, place, out _) += item.Amount;
        }
    }

    /// <summary>The snapshot.</summary>
    /// <param name="allocatedBytes">Bytes allocated by then, by the ledger's numbers.</param>
    public LiveSnapshot Build(ReadOnlySpan<double> allocatedBytes)
    {
        for (var site = 0; site < allocatedBytes.Length; site++)
        {
            var place = places[site];
            if (_types.TryGetValue(place.Type, out var type))
                type.AllocatedBytes += allocatedBytes[site];
            if (_sites.TryGetValue(CallSite.Of(place.Type, place.Stack), out var sum))
                sum.AllocatedBytes += allocatedBytes[site];
        }

        var stacks = _stacks.Select(item => new LiveStack(item.Key.Type, item.Key.Stack, item.Value))
            .OrderByDescending(item => item.Live.Bytes).ThenBy(item => item.Type, StringComparer.Ordinal).ToList();
        return new LiveSnapshot(seconds, _total.Live, _total.Uncollected, [.. Types()], [.. Sites(stacks)], [.. stacks])
        {
            Unproved = provedFrom is null ? null : _total.Unproved,
        };
    }

    private IEnumerable<LiveType> Types() => Ordered(_types.Select(item => new LiveType(item.Key, item.Value.ToSurvival())), item => (item.Type, item.Survival));

    /// <summary>The stacks are ordered heaviest first, so the first of a site represents it.</summary>
    private IEnumerable<LiveSite> Sites(List<LiveStack> stacks)
    {
        var heaviest = new Dictionary<CallSite, CallStack?>();
        foreach (var item in stacks)
            heaviest.TryAdd(CallSite.Of(item.Type, item.Stack), item.Stack);
        return Ordered(
            _sites.Select(item =>
            {
                var stack = heaviest.GetValueOrDefault(item.Key);
                return new LiveSite(item.Key.Type, item.Key.Frame, stack?.Frame, stack, item.Value.ToSurvival());
            }),
            item => (item.Type, item.Survival));
    }

    private static IEnumerable<T> Ordered<T>(IEnumerable<T> items, Func<T, (string Type, Survival Survival)> of) => items
        .OrderByDescending(item => of(item).Survival.Live.Bytes)
        .ThenByDescending(item => of(item).Survival.Uncollected.Bytes)
        .ThenBy(item => of(item).Type, StringComparer.Ordinal);

    private SurvivalSum Of<TKey>(Dictionary<TKey, SurvivalSum> sums, TKey key)
        where TKey : notnull
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        return sum ??= new SurvivalSum(seconds, provedFrom);
    }
}
