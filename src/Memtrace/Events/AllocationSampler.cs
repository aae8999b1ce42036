namespace Memtrace.Events;

/// <summary>
/// The runtime's sampler of allocations (event AllocationSampled): every allocated byte is picked with the same probability, and an object is
/// sampled when one of its bytes is picked. Source: dotnet/runtime docs/design/features/RandomizedAllocationSampling.md.
/// </summary>
internal static class AllocationSampler
{
    /// <summary>Mean number of bytes between two picked bytes.</summary>
    public const double MeanDistanceBytes = 102_400;

    /// <summary>ln(1 - 1/102400), computed from its series because the subtraction would lose digits.</summary>
    private static readonly double LogOfMiss = -((1 / MeanDistanceBytes) + (1 / (2 * MeanDistanceBytes * MeanDistanceBytes))
        + (1 / (3 * MeanDistanceBytes * MeanDistanceBytes * MeanDistanceBytes)));

    /// <summary>The probability that an object is sampled, 1 - (1 - p)^size, in (0, 1].</summary>
    /// <param name="sizeBytes">The object's size, in bytes; 1 or more.</param>
    public static double Probability(long sizeBytes)
    {
        // 1 - e^x = -tanh(x/2) (e^x + 1), which stays precise where e^x is close to 1.
        var x = sizeBytes * LogOfMiss;
        return -Math.Tanh(x / 2) * (Math.Exp(x) + 1);
    }

    /// <summary>The bytes represented by one sample of an object of this size.</summary>
    /// <param name="sizeBytes">The object's size, in bytes; 1 or more.</param>
    public static double BytesPerSample(long sizeBytes) => sizeBytes / Probability(sizeBytes);
}
