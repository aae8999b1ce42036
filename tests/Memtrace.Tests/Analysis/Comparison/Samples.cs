using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Comparison;

/// <summary>Estimates from known numbers of samples.</summary>
internal static class Samples
{
    /// <summary>What a sample of an object of 40 bytes represents.</summary>
    public static double SmallBytes { get; } = AllocationEstimators.Sampled(40).Bytes;

    /// <summary>Samples of objects of 40 bytes: each represents about 100 KB.</summary>
    public static Estimate Small(int count) => Of(40, count);

    /// <summary>Samples of objects of 10 MB: each represents only itself.</summary>
    public static Estimate Large(int count) => Of(10_000_000, count);

    /// <summary>Samples of objects of one size.</summary>
    public static Estimate Of(long size, int count) =>
        Enumerable.Repeat(AllocationEstimators.Sampled(size), count).Aggregate(Estimate.Zero, Estimate.Add);
}
