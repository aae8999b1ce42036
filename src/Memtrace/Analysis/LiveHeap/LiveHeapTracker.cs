using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Follows sampled objects through collections by the GC's survival events. docs/live-heap.md describes the method, its rules and their sources.
/// </summary>
/// <remarks>
/// Two collections can run at a time: a background collection, and a blocking one that interrupts it. While both run, ranges belong to the blocking one. Its
/// ranges are applied when it ends; those of a background collection at the end of the pause in which they arrive, because another collection can run before it ends.
/// </remarks>
/// <param name="window">What peaks, growth and lifetimes cover. Objects are followed from the start of the recording regardless.</param>
/// <param name="budget">Maximum number of objects to follow.</param>
/// <param name="past">The moments at which to gather the heap; null for none.</param>
internal sealed class LiveHeapTracker(TimeWindow window, int budget = AnalysisOptions.DefaultTrackedObjects, PastMoments? past = null)
{
    private readonly GenerationRows _rows = new();
    private TrackedCollection? _blocking;
    private TrackedCollection? _background;
    private AllocationSampling _sampling;
    private Presence _survival;
    private bool _isRequested;
    private bool _hasRows;
    private bool _isSilent;
    private bool _hasLosses;
    private bool _inPause;
    private bool _gap;
    private int? _lastNumber;
    private double? _lastApplied;

    private enum Presence
    {
        Unknown,
        Yes,
        No,
    }

    /// <summary>The objects.</summary>
    public TrackedHeap Heap { get; } = new(window, budget, past);

    /// <summary>Copies of the objects after the collections that were asked for.</summary>
    public CollectionCopies Copies { get; init; } = new([]);

    /// <summary>Whether the recording has survival data.</summary>
    public bool HasSurvival => _survival == Presence.Yes || (_survival == Presence.Unknown && _isRequested && !_isSilent);

    /// <summary>Whether a collection has reported what survived it: before that, nothing is known to be alive.</summary>
    public bool HasCollected { get; private set; }

    /// <summary>When following ended before the recording did: at the end of the window, or when survival recording stopped. Null if it has not.</summary>
    public double? FrozenAt { get; private set; }

    /// <summary>Bytes of the heap that are not tracked, after the last collection in the window; null if unknown.</summary>
    public long? UntrackedBytes { get; private set; }

    /// <summary>The moments whose heap a second reading can gather; null if there is none.</summary>
    public PastMoments? PastMoments
    {
        get
        {
            if (!HasSurvival || !HasCollected)
                return null;
            var (peak, peakRss) = (Heap.PeakSearch.Highest(Heap.Objects), Heap.PeakSnapshots.PastRssPeak);
            return peak is null && peakRss is null ? null : new PastMoments(peak, peakRss);
        }
    }

    /// <summary>Live bytes over time, by type and stack.</summary>
    public IReadOnlyList<GrowthRecorder.Point> GrowthPoints => Heap.Growth.Points(_lastApplied, Heap.ProvedUntil, Heap.Objects, Heap.Ledger.Count);

    /// <summary>The recorder declares what it recorded.</summary>
    public void Declare(bool survival, AllocationSampling sampling)
    {
        // Not every runtime sends the events that were requested; the first collection shows whether this one does.
        _isRequested = survival;
        if (_survival == Presence.Unknown && !survival)
            _survival = Presence.No;
        if (sampling != AllocationSampling.None)
            _sampling = sampling;
    }

    /// <summary>An allocation. Samples and ticks measure the same allocations; if there are both, samples count.</summary>
    public void Add(in AllocationEvent allocation, AllocationKey key, in Estimate amount)
    {
        if (!Follows(allocation.Seconds))
            return;
        if (allocation.Randomized && _sampling != AllocationSampling.Randomized)
        {
            Heap.Clear();
            _sampling = AllocationSampling.Randomized;
        }

        // Ticks before .NET 6 have no address.
        if (allocation.Address != 0 && (allocation.Randomized || _sampling != AllocationSampling.Randomized))
            Heap.Add(allocation, Heap.Ledger.Number(key), amount);
    }

    /// <summary>Types and stacks were folded.</summary>
    public void Fold(AllocationFolding folding) => Copies.Renumber(Heap.Fold(folding), Heap.Ledger.Count);

    /// <summary>Events before the next one were lost.</summary>
    public void Lost()
    {
        _gap = _hasLosses = true;
        if (_blocking is not null)
            _blocking.Lossy = true;
        if (_inPause && _background is not null)
            _background.Lossy = true;
    }

    /// <summary>The runtime begins to pause the program.</summary>
    public void Suspend(in SuspensionBegin suspension)
    {
        _rows.Close();
        _inPause = suspension.Reason is SuspensionReason.Collection or SuspensionReason.CollectionPreparation;
        if (suspension.Reason != SuspensionReason.CollectionPreparation || _background is not { FinalMark: null } background)
            return;
        background.FinalMark = suspension.Seconds;
        if (Follows(suspension.Seconds))
            Heap.FinalMark();
    }

    /// <summary>The program runs again.</summary>
    public void Resume(double seconds)
    {
        if (!Follows(seconds))
            return;
        _rows.Close();
        FinishUnended(seconds);
        FinishBackground(seconds);
        _inPause = false;
    }

    /// <summary>A collection starts.</summary>
    public void Start(in CollectionStart start)
    {
        if (!Follows(start.Seconds))
            return;
        _rows.Close();
        FinishUnended(start.Seconds);
        FinishBackground(start.Seconds);
        if (_gap && start.Number > _lastNumber + 1)
            Heap.LoseYoung(_rows.Latest);
        _gap = false;
        _lastNumber = start.Number;
        var collection = new TrackedCollection(start);
        if (collection.Background)
            _background = collection;
        else
            _blocking = collection;
        Heap.Start(collection);
        _rows.Begin(collection, start.ThreadId);
    }

    /// <summary>A collection ends. It is ignored if its start was lost.</summary>
    public void End(in CollectionEnd end)
    {
        if (!Follows(end.Seconds))
            return;
        _rows.Close();
        if (_survival == Presence.Unknown && !_hasLosses && (end.Number == _blocking?.Number || end.Number == _background?.Number))
            EndSilently();
        if (_blocking?.Number == end.Number)
            FinishBlocking(end.Seconds);
        else if (_background is { HasRanges: false } background && background.Number == end.Number)
            _background = null;
    }

    /// <summary>A range of a generation.</summary>
    public void Add(in GenerationRange range)
    {
        if (!Follows(range.Seconds))
            return;
        _hasRows = true;
        _rows.Add(range);
    }

    /// <summary>Roots were marked.</summary>
    public void Add(in MarkedRoots roots) => _rows.Interrupt(roots.ThreadId);

    /// <summary>Objects that survive in place.</summary>
    public void Add(in SurvivingRanges ranges)
    {
        if (Receiver(ranges.Seconds, ranges.Incomplete) is not { } collection)
            return;
        collection.HasRanges |= !ranges.Ranges.IsEmpty;
        Heap.Survive(ranges);
    }

    /// <summary>Objects that survive and move.</summary>
    public void Add(in MovedRanges ranges)
    {
        if (Receiver(ranges.Seconds, ranges.Incomplete) is not { } collection)
            return;
        collection.HasRanges |= !ranges.Ranges.IsEmpty;
        collection.HasMoves |= !ranges.Ranges.IsEmpty;
        Heap.Move(ranges);
    }

    /// <summary>The heap's size after a collection.</summary>
    public void Measure(in HeapStatistics statistics)
    {
        if (Follows(statistics.Seconds) && window.Contains(statistics.Seconds))
            UntrackedBytes = (long)Math.Max(0, statistics.SizeBytes - Heap.TrackedBytes);
    }

    /// <summary>The resident set.</summary>
    public void Measure(in ProcessMemorySample sample)
    {
        if (Follows(sample.Seconds) && window.Contains(sample.Seconds))
            Heap.PeakSnapshots.Resident(sample.Seconds, sample.Memory.Rss);
    }

    /// <summary>Survival recording stops.</summary>
    public void Stop(double seconds)
    {
        if (Follows(seconds))
            FrozenAt = seconds;
    }

    /// <summary>Whether events at this time still count.</summary>
    private bool Follows(double seconds)
    {
        if (FrozenAt is null && seconds > window.To)
            FrozenAt = window.To;
        return FrozenAt is null && _survival != Presence.No;
    }

    private void Confirm()
    {
        if (_survival == Presence.Unknown)
            _survival = Presence.Yes;
    }

    /// <summary>
    /// A complete collection had no survival events. If generation ranges were sent, nothing may have survived, but runtimes of ahead-of-time compiled programs
    /// never send more than these ranges. If none were sent, no survival events will follow, and no objects need to be tracked.
    /// </summary>
    private void EndSilently()
    {
        _isSilent = true;
        if (_hasRows)
            return;
        _survival = Presence.No;
        _blocking = _background = null;
        Heap.Clear();
    }

    /// <summary>The collection that ranges belong to; null if its start was lost.</summary>
    private TrackedCollection? Receiver(double seconds, bool incomplete)
    {
        if (!Follows(seconds))
            return null;
        Confirm();
        _rows.Close();
        var collection = _blocking ?? _background;
        if (collection is null)
            return null;
        collection.Lossy |= incomplete || (_gap && !_inPause);
        return collection;
    }

    private void FinishBlocking(double seconds)
    {
        var collection = _blocking!;
        _blocking = null;
        Apply(collection, collection.Before ?? _rows.Latest, seconds);
    }

    /// <summary>The end of a collection was lost.</summary>
    private void FinishUnended(double seconds)
    {
        if (_blocking is null)
            return;
        _blocking.Lossy = true;
        FinishBlocking(seconds);
    }

    /// <summary>A background collection without ranges does not say what died.</summary>
    private void FinishBackground(double seconds)
    {
        if (_background is not { HasRanges: true } background)
            return;
        _background = null;
        Apply(background, _rows.Latest, seconds);
    }

    private void Apply(TrackedCollection collection, GenerationMap map, double seconds)
    {
        // A background collection has marked the live objects and begun to free the rest, but has not reported it yet.
        collection.PrecedesBackground = _background?.FinalMark is not null;
        Heap.Apply(collection, map, seconds);
        HasCollected = true;
        Copies.Ended(collection.Number, seconds, Heap);
        if (collection.PrecedesBackground || !window.Contains(seconds))
            return;
        _lastApplied = seconds;
        Heap.Growth.Add(seconds, Heap.Objects, Heap.Ledger.Count);
    }
}
