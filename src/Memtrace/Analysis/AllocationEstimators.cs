using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>What one allocation event stands for. The derivations and sources are in docs/estimators.md.</summary>
internal static class AllocationEstimators
{
    /// <summary>Mean bytes between two picked bytes: each byte is picked with probability 1/102400 (RandomizedAllocationSampling.md of dotnet/runtime).</summary>
    public const double SamplingInterval = 102_400;

    /// <summary>ln(1 - 1/102400), from its series, for the subtraction would lose digits.</summary>
    private static readonly double LogOfMiss = -((1 / SamplingInterval) + (1 / (2 * SamplingInterval * SamplingInterval))
        + (1 / (3 * SamplingInterval * SamplingInterval * SamplingInterval)));

    /// <summary>The probability that an object of <paramref name="size"/> bytes is sampled: 1 - (1 - p)^size.</summary>
    public static double SamplingProbability(long size)
    {
        // 1 - e^x = -tanh(x/2) (e^x + 1), which keeps its precision where e^x is close to 1.
        var x = size * LogOfMiss;
        return -Math.Tanh(x / 2) * (Math.Exp(x) + 1);
    }

    /// <summary>What an event stands for.</summary>
    public static Estimate Of(in AllocationEvent allocation) =>
        allocation.Randomized ? Sampled(allocation.ObjectSize) : Tick(allocation.TickAmount, allocation.ObjectSize);

    /// <summary>An AllocationSampled event of an object of <paramref name="size"/> bytes, 1 or more: the Horvitz-Thompson estimate.</summary>
    public static Estimate Sampled(long size)
    {
        var weight = 1 / SamplingProbability(size);
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
