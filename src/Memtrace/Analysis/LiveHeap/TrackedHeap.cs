using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>The tracked objects, updated by collections.</summary>
internal sealed class TrackedHeap
{
    private readonly TimeWindow _window;
    private readonly int _budget;
    private readonly RiskCensus _small;
    private readonly RiskCensus _large;
    private readonly SurvivalRanges _ranges = new();
    private readonly Random _random = new(Seed: 1);
    private readonly List<PastHeap> _past = [];
    private Outcome[] _outcomes = [];
    private byte[] _generations = [];
    private bool _isBeforeBackground;

    /// <param name="window">Deaths and peaks inside it count.</param>
    /// <param name="budget">Maximum number of objects to follow; beyond it, a random subset represents all.</param>
    /// <param name="past">The moments at which to gather the heap; null for none.</param>
    public TrackedHeap(TimeWindow window, int budget, PastMoments? past)
    {
        (_window, _budget, _small, _large) = (window, budget, new RiskCensus(Ledger), new RiskCensus(Ledger));
        if (past?.Peak is { } peak)
            _past.Add(Peak = new PastHeap(peak, _past.Count));
        if (past?.PeakRss is { } peakRss)
            _past.Add(PeakRss = new PastHeap(peakRss, _past.Count));
    }

    private enum Outcome : byte
    {
        Untouched,
        Survives,
        Dies,
        Lost,
    }

    /// <summary>The tracked objects.</summary>
    public TrackedObjects Objects { get; } = new();

    /// <summary>What was allocated and what died, by type and stack.</summary>
    public SiteLedger Ledger { get; } = new();

    /// <summary>When the most bytes were alive.</summary>
    public PeakSearch PeakSearch { get; } = new();

    /// <summary>The heap at its peak, if that was known beforehand.</summary>
    public PastHeap? Peak { get; }

    /// <summary>The heap when the resident set was largest, if that was known beforehand.</summary>
    public PastHeap? PeakRss { get; }

    /// <summary>Copies of the heap at what seemed its peaks.</summary>
    public PeakSnapshots PeakSnapshots { get; } = new();

    /// <summary>Live bytes over time.</summary>
    public GrowthRecorder Growth { get; } = new();

    /// <summary>The time up to which the last full collection proved what was alive; null before one.</summary>
    public double? ProvedUntil { get; private set; }

    /// <summary>Live bytes: those that a collection found alive.</summary>
    public double LiveBytes { get; private set; }

    /// <summary>Bytes of all tracked objects.</summary>
    public double TrackedBytes { get; private set; }

    /// <summary>The share of samples that are followed.</summary>
    public double Rate { get; private set; } = 1;

    /// <summary>Tracked objects whose survival is unknown because events were lost.</summary>
    public long UnknownSurvival { get; private set; }

    /// <summary>An allocation of <paramref name="site"/>.</summary>
    public void Add(in AllocationEvent allocation, int site, in Estimate amount)
    {
        Pass(allocation.Seconds);
        ref var entry = ref Ledger[site];
        entry.AllocatedBytes += amount.Bytes;
        if (_window.Contains(allocation.Seconds))
            entry.AllocatedInWindow += amount;
        if (Objects.Count >= _budget && !_ranges.Active)
            LowerTrackingRate();
        if (Rate < 1 && _random.NextDouble() >= Rate)
            return;
        var item = new TrackedObject
        {
            Address = allocation.Address,
            Size = allocation.ObjectSize,
            Amount = Rate < 1 ? Reweighing.Kept(amount, Rate) : amount,
            Born = allocation.Seconds,
            ObservedAt = double.PositiveInfinity,
            ProvedAt = allocation.Seconds,
            Site = site,
            Kind = allocation.Kind,
        };
        Objects.Add(item);
        TrackedBytes += item.Bytes;
    }

    /// <summary>A collection starts.</summary>
    public void Start(TrackedCollection collection)
    {
        Pass(collection.StartSeconds);
        if (collection.Background)
            Prove(collection.StartSeconds);
    }

    /// <summary>Ranges of the current collection.</summary>
    public void Survive(in SurvivingRanges ranges)
    {
        BeginRanges();
        _ranges.Survive(ranges.Ranges);
    }

    /// <summary>Ranges of the current collection.</summary>
    public void Move(in MovedRanges ranges)
    {
        BeginRanges();
        _ranges.Move(ranges.Ranges, Objects.Settled);
    }

    /// <summary>Applies a collection whose ranges are complete: objects that it examined and no range covers are dead.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="map">The generations when it started.</param>
    /// <param name="seconds">The time.</param>
    public void Apply(TrackedCollection collection, GenerationMap map, double seconds)
    {
        BeginRanges();
        Prove(collection.ProvesAt(seconds));
        var after = Judge(collection, map);

        // If the moments are known beforehand, no copy is needed.
        if (_past.Count == 0 && seconds >= _window.From)
            PeakSnapshots.BeforeChange(seconds, _isBeforeBackground ? 0 : LiveBytes, collection.PrecedesBackground ? 0 : after, Objects, Ledger);
        _isBeforeBackground = collection.PrecedesBackground;
        Objects.Rearrange((int index, ref TrackedObject item) => Carry(index, ref item, collection, seconds));
        _ranges.End();
        if (collection is { Depth: >= 2, Lossy: false })
            ProvedUntil = collection.ProvesAt(seconds);
        Total();
    }

    /// <summary>
    /// A background collection has marked all live objects and begins to free the rest: memory of objects that died unobserved can be reused before a collection examines them.
    /// </summary>
    public void FinalMark()
    {
        Flag(Objects.Settled);
        Flag(Objects.Loose);

        static void Flag(Span<TrackedObject> items)
        {
            foreach (ref var item in items)
                item.AtRisk |= !item.Seen && !item.Reweighed;
        }
    }

    /// <summary>A whole collection was lost: objects outside the oldest generation may have moved or died.</summary>
    /// <param name="map">The generations before it.</param>
    public void LoseYoung(GenerationMap map)
    {
        _ranges.End();
        Objects.Filter((ref TrackedObject item) =>
        {
            var isOld = map.At(item.Address) >= 2 || item.Kind != AllocationKind.Small;
            if (!isOld)
                Lose(item);
            return isOld;
        });
        Total();
    }

    /// <summary>Forgets all tracked objects and the ledger's sums.</summary>
    public void Clear()
    {
        _ranges.End();
        Objects.Filter((ref TrackedObject _) => false);
        PeakSearch.Clear();
        for (var site = 0; site < Ledger.Count; site++)
            Ledger[site] = default;
        Total();
    }

    /// <summary>Types and stacks were folded.</summary>
    /// <returns>The new number of each type and stack.</returns>
    public int[] Fold(AllocationFolding folding)
    {
        var numbers = Ledger.Fold(folding);
        Renumber(Objects.Settled);
        Renumber(Objects.Loose);
        PeakSnapshots.Renumber(numbers, Ledger.Count);
        foreach (var past in _past)
            past.Renumber(numbers, Ledger.Count);
        Growth.Renumber(numbers);
        _small.Renumber();
        _large.Renumber();
        return numbers;

        void Renumber(Span<TrackedObject> items)
        {
            foreach (ref var item in items)
                item.Site = numbers[item.Site];
        }
    }

    private void Pass(double seconds)
    {
        foreach (var past in _past)
            past.Pass(seconds, Objects, Ledger);
    }

    private void Prove(double seconds)
    {
        if (_window.Contains(seconds))
            PeakSearch.Add(seconds);
    }

    private void BeginRanges()
    {
        if (_ranges.Active)
            return;
        Objects.Settle(Overwritten);
        _ranges.Begin(Objects.Settled);
    }

    /// <summary>Decides the outcome of each object.</summary>
    /// <returns>Approximate live bytes after the collection.</returns>
    private double Judge(TrackedCollection collection, GenerationMap map)
    {
        var items = Objects.Settled;
        if (_outcomes.Length < items.Length)
            (_outcomes, _generations) = (new Outcome[items.Length * 2], new byte[items.Length * 2]);
        double live = 0;
        _small.Begin();
        _large.Begin();
        for (var i = 0; i < items.Length; i++)
        {
            ref var item = ref items[i];
            var generation = map.At(item.Address);
            _generations[i] = DeathGeneration(item, generation);
            var outcome = _outcomes[i] = Judge(i, collection, generation);
            if (outcome == Outcome.Survives || (outcome == Outcome.Untouched && item.Observed))
                live += item.Bytes;
            if (outcome == Outcome.Survives)
                CountAlive(item, collection);
            else if (outcome == Outcome.Dies)
                CountDead(item, collection);
        }

        _small.Conclude();
        _large.Conclude();
        return live;
    }

    private void CountAlive(in TrackedObject item, TrackedCollection collection)
    {
        if (IsAtRisk(item, collection))
            Census(item).AddAlive(item);
        else if (IsCertain(item, collection))
            Ledger.FindAlive(item.Site);
    }

    private void CountDead(in TrackedObject item, TrackedCollection collection)
    {
        if (IsAtRisk(item, collection))
            Census(item).AddDead(item);
        else if (IsCertain(item, collection))
            Ledger.FindDead(item.Site);
    }

    private static bool IsAtRisk(in TrackedObject item, TrackedCollection collection) => item.AtRisk && !(item.Born >= collection.FinalMark);

    private static bool IsCertain(in TrackedObject item, TrackedCollection collection) => !item.Seen && !item.AtRisk && !item.Reweighed && !collection.Concurrent;

    private Outcome Judge(int index, TrackedCollection collection, int generation)
    {
        if (_ranges.Destination(index) is not null)
            return Outcome.Survives;
        if (collection.Lossy && collection.HasMoves && (generation == GenerationMap.Unknown || collection.Condemns(generation)))
            return Outcome.Lost;
        if (!collection.Condemns(generation))
            return _ranges.IsOverwritten(index) ? Outcome.Dies : Outcome.Untouched;
        return collection.Lossy ? Outcome.Untouched : Outcome.Dies;
    }

    /// <summary>Applies an outcome.</summary>
    /// <returns>Whether to keep following the object.</returns>
    private bool Carry(int index, ref TrackedObject item, TrackedCollection collection, double seconds)
    {
        switch (_outcomes[index])
        {
            case Outcome.Survives:
                Survive(ref item, collection, seconds);
                item.Address = _ranges.Destination(index)!.Value;
                return true;
            case Outcome.Dies:
                Die(item, _generations[index]);
                return false;
            case Outcome.Lost:
                Lose(item);
                return false;
            default:
                return true;
        }
    }

    private void Survive(ref TrackedObject item, TrackedCollection collection, double seconds)
    {
        // Objects younger than the final mark of a background collection were not examined: it treats them all as alive.
        if (item.Born >= collection.FinalMark)
            return;
        item.ObservedAt = Math.Min(item.ObservedAt, seconds);
        item.ProvedAt = Math.Max(item.ProvedAt, collection.ProvesAt(seconds));
        item.Seen |= !collection.Concurrent;
        if (item.Survived < ushort.MaxValue)
            item.Survived++;

        if (item.AtRisk)
        {
            item.Amount = Census(item).Reweigh(item);
            (item.AtRisk, item.Reweighed) = (false, true);
        }
    }

    private RiskCensus Census(in TrackedObject item) => item.Kind == AllocationKind.Small ? _small : _large;

    private void Overwritten(TrackedObject item) => Die(item, DeathGeneration(item, GenerationMap.Unknown));

    private void Lose(in TrackedObject item)
    {
        UnknownSurvival++;
        Leave(item);
    }

    private void Leave(in TrackedObject item)
    {
        Growth.Remove(item);
        PeakSearch.Remove(item);
        foreach (var past in _past)
            past.Remove(item);
    }

    private void Die(in TrackedObject item, int generation)
    {
        Leave(item);
        if (_window.Contains(item.Born))
            Ledger.Die(item.Site, generation, item.Bytes);
    }

    /// <summary>An address outside the map is young if the object has not survived a collection, otherwise old.</summary>
    private static byte DeathGeneration(in TrackedObject item, int generation)
    {
        if (item.Kind != AllocationKind.Small)
            return 2;
        return generation != GenerationMap.Unknown ? (byte)Math.Min(generation, 2) : (byte)(item.Survived == 0 ? 0 : 2);
    }

    private void LowerTrackingRate()
    {
        Rate /= 2;
        Objects.Filter((ref TrackedObject item) =>
        {
            if (_random.Next(2) == 0)
                return false;
            item.Amount = Reweighing.Kept(item.Amount, 0.5);
            return true;
        });
        Total();
    }

    private void Total()
    {
        LiveBytes = TrackedBytes = 0;
        Add(Objects.Settled);
        Add(Objects.Loose);

        void Add(ReadOnlySpan<TrackedObject> items)
        {
            foreach (ref readonly var item in items)
            {
                TrackedBytes += item.Bytes;
                if (item.Observed)
                    LiveBytes += item.Bytes;
            }
        }
    }
}
