using System.Runtime.InteropServices;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// Sums the allocations in a window by type and stack. Samples and ticks are kept apart because they measure the same allocations;
/// if a recording has both, samples count.
/// </summary>
internal sealed class AllocationTracker(TimeWindow window, CodeAddresses addresses)
{
    private readonly Sums _sampled = new();
    private readonly Sums _ticks = new();

    /// <summary>The types' names in the runtime's notation.</summary>
    public NameTable Types { get; } = new();

    /// <summary>The stacks.</summary>
    public StackTable Stacks { get; } = new(addresses);

    /// <summary>How allocations were sampled, as far as is known yet.</summary>
    public AllocationSampling Sampling { get; private set; }

    /// <summary>The amount allocated by each type and stack.</summary>
    public IReadOnlyCollection<KeyValuePair<AllocationKey, Estimate>> Amounts => (Sampling == AllocationSampling.Tick ? _ticks : _sampled).Amounts;

    /// <summary>Bytes so far, by samples and by ticks.</summary>
    public AllocatedBytes Bytes => new(_sampled.Bytes, _ticks.Bytes);

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

    private sealed class Sums
    {
        public Dictionary<AllocationKey, Estimate> Amounts { get; } = [];

        public double Bytes { get; private set; }

        public void Add(AllocationKey key, in Estimate amount)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Amounts, key, out _) += amount;
            Bytes += amount.Bytes;
        }
    }
}
