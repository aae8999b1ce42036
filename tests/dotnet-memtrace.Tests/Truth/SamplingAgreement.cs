using Memtrace.Events;
using Memtrace.Recording;

namespace Memtrace.Tool.Tests.Truth;

/// <summary>
/// Whether estimates from randomized samples agree with the truth as the theory says (docs/estimators.md): each difference, in units of its
/// standard deviation, is a draw from the standard normal distribution.
/// </summary>
internal static class SamplingAgreement
{
    /// <summary>Quantile of the normal distribution that leaves 0.05% at either end.</summary>
    private const double Normal999 = 3.2905;

    /// <summary>The difference in standard deviations. The variance is the true one, not the estimated.</summary>
    /// <param name="estimatedBytes">The estimate.</param>
    /// <param name="truth">What was allocated.</param>
    public static double Deviation(double estimatedBytes, IEnumerable<KnownAllocations> truth)
    {
        var (bytes, variance) = (0.0, 0.0);
        foreach (var part in truth)
        {
            var seen = AllocationSampler.Probability(part.ObjectSize);
            bytes += part.Bytes;
            variance += (double)part.Bytes * part.ObjectSize * (1 - seen) / seen;
        }

        return (estimatedBytes - bytes) / Math.Sqrt(variance);
    }

    /// <summary>
    /// The sum of the squares lies between the outer 0.05% of the chi-squared distribution, and none of the deviations is one that among so
    /// many would come once in a thousand times.
    /// </summary>
    /// <param name="deviations">Independent deviations, by name.</param>
    public static void Holds(IReadOnlyList<(string Name, double Deviation)> deviations)
    {
        var figures = string.Join(", ", deviations.Select(item => $"{item.Name} {item.Deviation:F2}"));
        var sum = deviations.Sum(item => item.Deviation * item.Deviation);
        Assert.True(sum > ChiSquared(deviations.Count, -Normal999) && sum < ChiSquared(deviations.Count, Normal999), $"sum of squares {sum:F1}: {figures}");
        Assert.True(deviations.Max(item => Math.Abs(item.Deviation)) < LargestOf(deviations.Count), figures);
    }

    /// <summary>E. B. Wilson, M. M. Hilferty: The distribution of chi-square. Proceedings of the National Academy of Sciences 17 (1931), 684-688.</summary>
    private static double ChiSquared(int degrees, double normalQuantile)
    {
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (normalQuantile * Math.Sqrt(spread)), 3);
    }

    /// <summary>Bound on the tail of the normal distribution: P(|Z| > z) is below 2 φ(z) / z, here 0.001 / count.</summary>
    private static double LargestOf(int count)
    {
        var bound = 3.0;
        while (2 * Math.Exp(-bound * bound / 2) / (bound * Math.Sqrt(2 * Math.PI)) > 0.001 / count)
            bound += 0.01;
        return bound;
    }
}
