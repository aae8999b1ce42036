using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>The estimate that one allocation event contributes. docs/estimators.md has the derivations and sources.</summary>
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
    /// (0 if unknown: counted as one object). The variance is nominal: it holds only for allocation without a pattern.
    /// </summary>
    public static Estimate Tick(long amount, long objectSize)
    {
        // A tick covers at least the object it names: an object larger than the tick interval has its own tick.
        double bytes = Math.Max(amount, objectSize);
        var objects = objectSize > 0 ? bytes / objectSize : 1;
        return new Estimate(bytes, bytes * bytes, objects, objects * objects, 1);
    }
}
