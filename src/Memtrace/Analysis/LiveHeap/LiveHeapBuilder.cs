using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Builds the live heap of a tracker, with names. The tracker can continue afterwards.</summary>
/// <param name="tracker">The tracker.</param>
/// <param name="symbols">Resolves names and stacks.</param>
/// <param name="window">The window, cut to the length of the recording.</param>
internal sealed class LiveHeapBuilder(LiveHeapTracker tracker, SymbolResolver symbols, TimeWindow window)
{
    private readonly TrackedHeap _heap = tracker.Heap;
    private readonly double _end = tracker.FrozenAt ?? window.To;
    private readonly Place[] _places =
        [.. Enumerable.Range(0, tracker.Heap.Ledger.Count).Select(site => symbols.Place(tracker.Heap.Ledger.Key(site)))];

    /// <summary>The live heap.</summary>
    public LiveHeapProfile Build()
    {
        var end = Present(_end);
        return new LiveHeapProfile(
            end,
            Peak() ?? end,
            PeakRss(),
            tracker.UntrackedBytes,
            _heap.UnknownSurvival,
            _heap.Rate,
            Growth(),
            Lifetimes())
        {
            Objects = [.. tracker.Copies.Copies.Select(copy => new LiveObjects(copy.Key, copy.Value.AtSeconds, Found(copy.Value)))],
        };
    }

    /// <summary>The objects that the collection found alive. Objects that no collection has examined may be dead.</summary>
    private ImmutableArray<LiveObject> Found(HeapCopy copy)
    {
        var found = ImmutableArray.CreateBuilder<LiveObject>(copy.Items.Length);
        foreach (ref readonly var item in copy.Items)
        {
            var (type, stack) = _places[item.Site];
            if (item.Observed)
                found.Add(new LiveObject(item.Address, item.Size, type, stack, item.Amount, item.Born));
        }

        return found.DrainToImmutable();
    }

    // Without a second reading: a copy from the time when the heap seemed largest. It can contain garbage that was found later.
    private LiveSnapshot? Peak()
    {
        if (_heap.Peak is { } past)
            return Past(past);
        return _heap.PeakSearch.Highest(_heap.Objects) is not null && _heap.PeakSnapshots.Peak is { } copy ? Past(copy) : null;
    }

    private LiveSnapshot? PeakRss()
    {
        if (_heap.PeakRss is { } past)
            return Past(past);
        if (_heap.PeakSnapshots.UncopiedRssPeak is { } seconds)
            return Present(seconds);
        return _heap.PeakSnapshots.PeakRss is { } copy ? Past(copy) : null;
    }

    private LiveSnapshot Present(double seconds)
    {
        var builder = new SnapshotBuilder(seconds, _places);
        builder.Add(_heap.Objects.Settled);
        builder.Add(_heap.Objects.Loose);
        return builder.Build(_heap.Ledger.AllocatedBytes());
    }

    private LiveSnapshot Past(PastHeap past)
    {
        var builder = new SnapshotBuilder(past.AtSeconds, _places, provedFrom: past.AtSeconds);
        builder.Add(past.Objects(_heap.Objects));
        return builder.Build(past.AllocatedBytes);
    }

    private LiveSnapshot Past(HeapCopy copy)
    {
        var builder = new SnapshotBuilder(copy.AtSeconds, _places);
        builder.Add(copy.Items);
        return builder.Build(copy.AllocatedBytes);
    }

    /// <summary>The sites that grow by more than the error of their growth, fastest first: those would exhaust memory first.</summary>
    private ImmutableArray<GrowthSite> Growth()
    {
        var points = tracker.GrowthPoints;
        var curves = new Dictionary<CallSite, GrowthCurve>();
        for (var i = 0; i < points.Count; i++)
        {
            foreach (var share in points[i].Shares)
            {
                ref var curve = ref CollectionsMarshal.GetValueRefOrAddDefault(curves, SiteOf(share.Site), out _);
                (curve ??= new GrowthCurve(points)).Add(i, share);
            }
        }

        return [.. curves.Select(item => item.Value.Growth(item.Key, _heap.ProvedUntil)).OfType<GrowthSite>().OrderByDescending(item => item.BytesPerSecond)];
    }

    private ImmutableArray<LifetimeSite> Lifetimes()
    {
        var sums = new Dictionary<CallSite, LifetimeSite>();
        var alive = AliveBytes();
        var seconds = Math.Max(0, _end - window.From);
        for (var site = 0; site < _places.Length; site++)
        {
            ref var entry = ref _heap.Ledger[site];
            if (entry.AllocatedInWindow.Samples == 0)
                continue;
            var key = SiteOf(site);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
            sum ??= new LifetimeSite(key.Type, key.Frame, Estimate.Zero, 0, 0, 0, 0, 0);
            sum = sum with
            {
                Allocated = sum.Allocated + entry.AllocatedInWindow,
                DiedGen0 = sum.DiedGen0 + entry.DiedGen0,
                DiedGen1 = sum.DiedGen1 + entry.DiedGen1,
                DiedGen2 = sum.DiedGen2 + entry.DiedGen2,
                Alive = sum.Alive + alive[site],
            };
        }

        return
        [
            .. sums.Values.Select(sum => sum with { BytesPerSecond = seconds > 0 ? sum.Allocated.Bytes / seconds : 0 })
                .OrderByDescending(sum => sum.Allocated.Bytes).ThenBy(sum => sum.Type, StringComparer.Ordinal),
        ];
    }

    /// <summary>Bytes allocated in the window and still there at its end, by the ledger's numbers.</summary>
    private double[] AliveBytes()
    {
        var bytes = new double[_places.Length];
        Add(_heap.Objects.Settled);
        Add(_heap.Objects.Loose);
        return bytes;

        void Add(ReadOnlySpan<TrackedObject> items)
        {
            foreach (ref readonly var item in items)
            {
                if (window.Contains(item.Born))
                    bytes[item.Site] += item.Bytes;
            }
        }
    }

    private CallSite SiteOf(int site) => CallSite.Of(_places[site].Type, _places[site].Stack);
}
