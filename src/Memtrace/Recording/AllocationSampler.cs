namespace Memtrace.Recording;

/// <summary>
/// The runtime's sampler of allocations (event AllocationSampled): every allocated byte is picked with the same probability, and an object is
/// sampled when one of its bytes is picked. Source: dotnet/runtime docs/design/features/RandomizedAllocationSampling.md.
/// </summary>
public static class AllocationSampler
{
    /// <summary>Mean number of bytes between two picked bytes.</summary>
    public const double MeanDistanceBytes = 102_400;

    private static readonly double LogMissByte = double.LogP1(-1 / MeanDistanceBytes);

    /// <summary>The probability that an object is sampled, above 0 up to 1.</summary>
    /// <param name="sizeBytes">The object's size, in bytes; 1 or more.</param>
    public static double Probability(long sizeBytes) => -double.ExpM1(sizeBytes * LogMissByte);

    /// <summary>The bytes that one sample of an object of this size stands for.</summary>
    /// <param name="sizeBytes">The object's size, in bytes; 1 or more.</param>
    public static double BytesPerSample(long sizeBytes) => sizeBytes / Probability(sizeBytes);
}
