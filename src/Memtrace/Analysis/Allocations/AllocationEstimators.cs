using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>What one allocation event stands for. The derivations and sources are in docs/estimators.md.</summary>
internal static class AllocationEstimators
{
    /// <summary>An AllocationSampled event of an object of <paramref name="size"/> bytes, 1 or more: the Horvitz-Thompson estimate.</summary>
    public static Estimate Sampled(long size)
    {
        var weight = 1 / AllocationSampler.Probability(size);
        var variance = (weight - 1) * weight;
        return new Estimate(size * weight, (double)size * size * variance, weight, variance, 1);
    }

    /// <summary>
    /// An AllocationTick after <paramref name="amount"/> bytes, the last of which were an object of <paramref name="objectSize"/> bytes
    /// (0: not told; one object is counted). The variance is nominal: it holds only where allocation has no pattern.
    /// </summary>
    public static Estimate Tick(long amount, long objectSize)
    {
        // A tick covers at least the object that it names: an object larger than the tick's stride is a tick of its own.
        double bytes = Math.Max(amount, objectSize);
        var objects = objectSize > 0 ? bytes / objectSize : 1;
        return new Estimate(bytes, bytes * bytes, objects, objects * objects, 1);
    }
}
