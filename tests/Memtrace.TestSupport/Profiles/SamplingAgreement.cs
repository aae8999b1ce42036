using Memtrace.Events;

namespace Memtrace.TestSupport.Profiles;

/// <summary>
/// Whether estimates from randomized samples agree with the truth as the theory says (docs/estimators.md). Each assertion fails for a true estimate once in
/// ten million times, so that all of a run, some eighty, fail less than once in 100,000 runs.
/// </summary>
internal static class SamplingAgreement
{
    /// <summary>So many standard deviations are exceeded in either direction together with the probability <see cref="Chance"/> by what is normally distributed.</summary>
    public const double Widest = 5.33;

    private const double Chance = 1e-7;

    /// <summary>
    /// How far an estimate is from the truth, in units that are standard deviations near the truth. The number of samples is binomial, and this is the signed root of
    /// its deviance: nearly normal also where samples are few, or hardly any object is missed. By Chernoff's bound it is above t with a probability of at most
    /// e^(-t²/2).
    /// </summary>
    /// <param name="estimatedBytes">The estimate.</param>
    /// <param name="objectSize">Bytes of each object.</param>
    /// <param name="objects">How many there were.</param>
    public static double Deviation(double estimatedBytes, long objectSize, long objects)
    {
        var probability = AllocationSampler.Probability(objectSize);
        var sampled = Math.Min(1, estimatedBytes / objectSize * probability / objects);
        var deviance = 2 * objects * (Divergence(sampled, probability) + Divergence(1 - sampled, 1 - probability));
        return Math.Sign(sampled - probability) * Math.Sqrt(Math.Max(0, deviance));
    }

    /// <summary>The standard deviation of an estimate of the bytes of so many objects. It is the true one, not the estimated.</summary>
    public static double StandardDeviation(long objectSize, long objects)
    {
        var probability = AllocationSampler.Probability(objectSize);
        return objectSize * Math.Sqrt(objects * (1 - probability) / probability);
    }

    /// <summary>The sum of the squares is one that the chi-squared distribution has, and none of the deviations is too large to be the largest of so many.</summary>
    /// <param name="deviations">Independent deviations, by name.</param>
    public static void Holds(IReadOnlyList<(string Name, double Deviation)> deviations)
    {
        var figures = string.Join(", ", deviations.Select(item => $"{item.Name} {item.Deviation:F2}"));
        var sum = deviations.Sum(item => item.Deviation * item.Deviation);
        Assert.True(sum > ChiSquared(deviations.Count, -Widest) && sum < ChiSquared(deviations.Count, Widest), $"sum of squares {sum:F1}: {figures}");
        Assert.True(deviations.Max(item => Math.Abs(item.Deviation)) < LargestOf(deviations.Count), figures);
    }

    /// <summary>E. B. Wilson, M. M. Hilferty: The distribution of chi-square. Proceedings of the National Academy of Sciences 17 (1931), 684-688.</summary>
    /// <param name="degrees">Degrees of freedom, which need not be a whole number.</param>
    /// <param name="normalQuantile">The quantile of the normal distribution with the same probability.</param>
    public static double ChiSquared(double degrees, double normalQuantile)
    {
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (normalQuantile * Math.Sqrt(spread)), 3);
    }

    private static double Divergence(double share, double expected) => share > 0 ? share * Math.Log(share / expected) : 0;

    private static double LargestOf(int count) => Math.Sqrt(2 * Math.Log(2 * count / Chance));
}
