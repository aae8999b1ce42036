using System.Runtime.InteropServices;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// Sums the allocations in a window by type and stack. Samples and ticks are kept apart because they measure the same allocations;
/// if a recording has both, samples count.
/// </summary>
internal sealed class AllocationTracker(TimeWindow window, CodeAddresses addresses, int stackFrames)
{
    private const int MostTypes = 20_000;
    private const string RareTypes = "(rare types)";

    private readonly Sums _sampled = new();
    private readonly Sums _ticks = new();

    /// <summary>The types' names in the runtime's notation.</summary>
    public NameTable Types { get; } = new();

    /// <summary>The stacks.</summary>
    public StackTable Stacks { get; } = new(addresses, stackFrames);

    /// <summary>How allocations were sampled, as far as is known yet.</summary>
    public AllocationSampling Sampling { get; private set; }

    /// <summary>The amount allocated by each type and stack.</summary>
    public IReadOnlyCollection<KeyValuePair<AllocationKey, Estimate>> Amounts => (Sampling == AllocationSampling.Tick ? _ticks : _sampled).Amounts;

    /// <summary>The amounts since the last call, by type and stack; at the first call, all of them.</summary>
    public IReadOnlyCollection<KeyValuePair<AllocationKey, Estimate>> TakeRecent()
    {
        var (sampled, ticks) = (_sampled.TakeRecent(), _ticks.TakeRecent());
        return Sampling == AllocationSampling.Tick ? ticks : sampled;
    }

    /// <summary>Bytes so far, by samples and by ticks.</summary>
    public AllocatedBytes Bytes => new(_sampled.Bytes, _ticks.Bytes);

    /// <summary>Whether types or stacks are so many that it is time to fold them.</summary>
    public bool IsFull => Stacks.IsFull || Types.Count > MostTypes;

    /// <summary>
    /// Folds rare types and stacks, so that memory is bounded whatever the program does. Whatever refers to their numbers must be renumbered.
    /// </summary>
    public AllocationFolding Fold()
    {
        var folding = new AllocationFolding(FoldTypes(), Stacks.Fold());
        _sampled.Fold(folding);
        _ticks.Fold(folding);
        return folding;
    }

    /// <summary>The recorder declares how it samples; there may be no sample yet.</summary>
    public void Declare(AllocationSampling sampling)
    {
        if (Sampling == AllocationSampling.None)
            Sampling = sampling;
    }

    /// <summary>Adds an event.</summary>
    /// <param name="allocation">The event.</param>
    /// <param name="amount">The estimate that it contributes.</param>
    /// <returns>Its type and stack, also for an event outside of the window.</returns>
    public AllocationKey Add(in AllocationEvent allocation, in Estimate amount)
    {
        if (allocation.Randomized)
            Sampling = AllocationSampling.Randomized;
        else if (Sampling == AllocationSampling.None)
            Sampling = AllocationSampling.Tick;
        addresses.Settle();
        var key = new AllocationKey(Types.Add(allocation.TypeId, allocation.TypeName), Stacks.Add(allocation.Stack));
        if (window.Contains(allocation.Seconds))
            (allocation.Randomized ? _sampled : _ticks).Add(key, amount);
        return key;
    }

    private int[] FoldTypes()
    {
        if (Types.Count <= MostTypes)
            return [.. Enumerable.Range(0, Types.Count)];
        var counts = new long[Types.Count];
        foreach (var (key, amount) in _sampled.Amounts.Concat(_ticks.Amounts))
            counts[key.Type] += amount.Samples;
        return Types.Fold(counts, MostTypes / 2, RareTypes);
    }

    private sealed class Sums
    {
        private Dictionary<AllocationKey, Estimate>? _recent;

        public Dictionary<AllocationKey, Estimate> Amounts { get; private set; } = [];

        public double Bytes { get; private set; }

        public void Add(AllocationKey key, in Estimate amount)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Amounts, key, out _) += amount;
            if (_recent is not null)
                CollectionsMarshal.GetValueRefOrAddDefault(_recent, key, out _) += amount;
            Bytes += amount.Bytes;
        }

        public Dictionary<AllocationKey, Estimate> TakeRecent()
        {
            var recent = _recent ?? new(Amounts);
            _recent = [];
            return recent;
        }

        public void Fold(AllocationFolding folding)
        {
            Amounts = Fold(Amounts, folding);
            if (_recent is not null)
                _recent = Fold(_recent, folding);
        }

        private static Dictionary<AllocationKey, Estimate> Fold(Dictionary<AllocationKey, Estimate> amounts, AllocationFolding folding)
        {
            var folded = new Dictionary<AllocationKey, Estimate>();
            foreach (var (key, amount) in amounts)
                CollectionsMarshal.GetValueRefOrAddDefault(folded, folding.Of(key), out _) += amount;
            return folded;
        }
    }
}
