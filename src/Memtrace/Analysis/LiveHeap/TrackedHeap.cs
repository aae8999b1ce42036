using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>The tracked objects and what the collections make of them.</summary>
internal sealed class TrackedHeap
{
    private readonly TimeWindow _window;
    private readonly int _budget;
    private readonly RiskCensus _small;
    private readonly RiskCensus _large;
    private readonly SurvivalRanges _ranges = new();
    private readonly Random _random = new(Seed: 1);
    private Outcome[] _outcomes = [];
    private byte[] _generations = [];
    private bool _isBeforeWalk;

    /// <param name="window">Deaths and peaks count in it.</param>
    /// <param name="budget">So many objects are followed at most; of more, a random part that stands for all.</param>
    public TrackedHeap(TimeWindow window, int budget) =>
        (_window, _budget, _small, _large) = (window, budget, new RiskCensus(Ledger), new RiskCensus(Ledger));

    private enum Outcome : byte
    {
        Untouched,
        Survives,
        Dies,
        Lost,
    }

    /// <summary>The objects.</summary>
    public TrackedObjects Objects { get; } = new();

    /// <summary>What was allocated and what died.</summary>
    public SiteLedger Ledger { get; } = new();

    /// <summary>The heap at its peaks.</summary>
    public PeakSnapshots PeakSnapshots { get; } = new();

    /// <summary>Bytes that a collection has looked at, and that live.</summary>
    public double LiveBytes { get; private set; }

    /// <summary>Bytes of all tracked objects.</summary>
    public double TrackedBytes { get; private set; }

    /// <summary>The share of the samples that are followed.</summary>
    public double Rate { get; private set; } = 1;

    /// <summary>Objects of which nobody knows whether they live.</summary>
    public long UnknownSurvival { get; private set; }

    /// <summary>An allocation of <paramref name="site"/>.</summary>
    public void Add(in AllocationEvent allocation, int site, in Estimate amount)
    {
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
            Site = site,
            Kind = allocation.Kind,
        };
        Objects.Add(item);
        TrackedBytes += item.Bytes;
    }

    /// <summary>Ranges of the collection under way.</summary>
    public void Survive(in SurvivingRanges ranges)
    {
        BeginRanges();
        _ranges.Survive(ranges.Ranges);
    }

    /// <summary>Ranges of the collection under way.</summary>
    public void Move(in MovedRanges ranges)
    {
        BeginRanges();
        _ranges.Move(ranges.Ranges, Objects.Settled);
    }

    /// <summary>A collection's ranges are complete: what they do not cover of what it looked at is dead.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="map">Which generation was where when it started.</param>
    /// <param name="seconds">When it is.</param>
    /// <param name="beforeWalk">
    /// Whether a background collection is about to tell of deaths that lie before this one. Until then the heap is no moment of its own: some of what is dead has
    /// been moved onto, the rest still counts.
    /// </param>
    public void Apply(TrackedCollection collection, GenerationMap map, double seconds, bool beforeWalk)
    {
        BeginRanges();
        var after = Judge(collection, map);
        if (seconds >= _window.From)
            PeakSnapshots.BeforeChange(seconds, _isBeforeWalk ? 0 : LiveBytes, beforeWalk ? 0 : after, Objects, Ledger);
        _isBeforeWalk = beforeWalk;
        Objects.Rearrange((int index, ref TrackedObject item) => Carry(index, ref item, collection));
        _ranges.End();
        Total();
    }

    /// <summary>
    /// A background collection has marked all that lives, and begins to give the rest away: what dies unseen can be used again before any collection looks.
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

    /// <summary>A whole collection was missed: what was not in the oldest generation may have moved or died.</summary>
    /// <param name="map">Which generation was where before.</param>
    public void LoseYoung(GenerationMap map)
    {
        _ranges.End();
        Objects.Filter((ref TrackedObject item) =>
        {
            var isOld = map.At(item.Address) >= 2 || item.Kind != AllocationKind.Small;
            if (!isOld)
                UnknownSurvival++;
            return isOld;
        });
        Total();
    }

    /// <summary>Forgets the tracked objects and all that is known of them.</summary>
    public void Clear()
    {
        _ranges.End();
        Objects.Filter((ref TrackedObject _) => false);
        for (var site = 0; site < Ledger.Count; site++)
            Ledger[site] = default;
        Total();
    }

    private void BeginRanges()
    {
        if (_ranges.Active)
            return;
        Objects.Settle(Overwritten);
        _ranges.Begin(Objects.Settled);
    }

    /// <summary>Decides on each object.</summary>
    /// <returns>About how many bytes will live.</returns>
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
            var verdict = _outcomes[i] = Judge(i, collection, generation);
            if (verdict == Outcome.Survives || (verdict == Outcome.Untouched && item.Observed))
                live += item.Bytes;
            if (verdict is Outcome.Survives or Outcome.Dies)
                Count(item, verdict == Outcome.Survives, collection);
        }

        _small.Conclude();
        _large.Conclude();
        return live;
    }

    private void Count(in TrackedObject item, bool survives, TrackedCollection collection)
    {
        if (item.AtRisk && !(item.Born >= collection.FinalMark))
            Census(item).Add(item, survives);
        else if (!item.Seen && !item.AtRisk && !item.Reweighed && !collection.Concurrent)
            Ledger.Observe(item.Site, survives);
    }

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

    /// <summary>Carries a verdict out.</summary>
    /// <returns>Whether to go on following the object.</returns>
    private bool Carry(int index, ref TrackedObject item, TrackedCollection collection)
    {
        switch (_outcomes[index])
        {
            case Outcome.Survives:
                Survive(ref item, collection);
                item.Address = _ranges.Destination(index)!.Value;
                return true;
            case Outcome.Dies:
                Die(item, _generations[index]);
                return false;
            case Outcome.Lost:
                UnknownSurvival++;
                return false;
            default:
                return true;
        }
    }

    private void Survive(ref TrackedObject item, TrackedCollection collection)
    {
        // What is younger than the final mark of a background collection was not looked at: it counts as live whatever it is.
        if (item.Born >= collection.FinalMark)
            return;
        item.Observed = true;
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

    private void Die(in TrackedObject item, int generation)
    {
        if (_window.Contains(item.Born))
            Ledger.Die(item.Site, generation, item.Bytes);
    }

    /// <summary>Where the map says nothing, an object is where it was born, or has grown old.</summary>
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
