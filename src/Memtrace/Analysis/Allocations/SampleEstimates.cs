using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// The estimates that allocation events contribute. An estimate takes three transcendental functions, and programs allocate few distinct sizes: the estimates of
/// recent sizes are cached.
/// </summary>
internal sealed class SampleEstimates
{
    private const int Kept = 512;

    /// <summary>Sizes are multiples of 8 on 64-bit machines, so the bits above distinguish them.</summary>
    private const int AlignmentBits = 3;

    private readonly (long Size, Estimate Estimate)[] _sampled = new (long, Estimate)[Kept];

    /// <summary>The estimate that an event contributes.</summary>
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
