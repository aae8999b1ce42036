using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// What allocation events stand for. Programs allocate objects of few sizes, and the estimate of a sample takes three transcendental functions: those of the
/// sizes seen last are kept.
/// </summary>
internal sealed class SampleEstimates
{
    private const int Kept = 512;

    /// <summary>Sizes are multiples of 8 on 64-bit machines, so the bits above tell them apart.</summary>
    private const int AlignmentBits = 3;

    private readonly (long Size, Estimate Estimate)[] _sampled = new (long, Estimate)[Kept];

    /// <summary>What an event stands for.</summary>
    public Estimate Of(in AllocationEvent allocation) =>
        allocation.Randomized ? Sampled(allocation.ObjectSize) : AllocationEstimators.Tick(allocation.TickAmount, allocation.ObjectSize);

    private Estimate Sampled(long size)
    {
        ref var kept = ref _sampled[(size >> AlignmentBits) & (Kept - 1)];
        if (kept.Size != size)
            kept = (size, AllocationEstimators.Sampled(size));
        return kept.Estimate;
    }
}
