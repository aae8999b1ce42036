using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// Adds up the allocations in a window. Samples and ticks are kept apart, for they measure the same allocations twice;
/// where a recording has both, the samples count.
/// </summary>
internal sealed class AllocationTracker(TimeWindow window, CodeAddresses addresses)
{
    private readonly AllocationTable _sampled = new();
    private readonly AllocationTable _ticks = new();
    private AllocationSampling _seen;

    /// <summary>The types' names in the runtime's notation.</summary>
    public NameTable Types { get; } = new();

    /// <summary>The stacks.</summary>
    public StackTable Stacks { get; } = new(addresses);

    /// <summary>How allocations were sampled, as far as the recording has shown.</summary>
    public AllocationSampling Sampling => _seen;

    /// <summary>What counts.</summary>
    public AllocationTable Table => _seen == AllocationSampling.Tick ? _ticks : _sampled;

    /// <summary>Bytes so far, by each of the two.</summary>
    public AllocatedBytes Bytes => new(_sampled.Total.Bytes, _ticks.Total.Bytes);

    /// <summary>The recorder says how it sampled, though there may be no sample yet.</summary>
    public void Declare(AllocationSampling sampling)
    {
        if (_seen == AllocationSampling.None)
            _seen = sampling;
    }

    /// <summary>Adds an event.</summary>
    /// <param name="allocation">The event.</param>
    /// <param name="amount">What it stands for.</param>
    /// <returns>Its type and stack, also where it is outside of the window.</returns>
    public AllocationTable.Key Add(in AllocationEvent allocation, in Estimate amount)
    {
        if (allocation.Randomized)
            _seen = AllocationSampling.Randomized;
        else if (_seen == AllocationSampling.None)
            _seen = AllocationSampling.Tick;
        addresses.Settle();
        var key = new AllocationTable.Key(Types.Add(allocation.TypeId, allocation.TypeName), Stacks.Add(allocation.Stack));
        if (window.Contains(allocation.Seconds))
            (allocation.Randomized ? _sampled : _ticks).Add(key, amount);
        return key;
    }
}

/// <summary>Bytes allocated up to a moment, by the samples and by the ticks: which of them counts is known at the recording's end.</summary>
internal readonly record struct AllocatedBytes(double Sampled, double Ticks)
{
    /// <summary>Those that count.</summary>
    public double By(AllocationSampling sampling) => sampling == AllocationSampling.Tick ? Ticks : Sampled;
}
