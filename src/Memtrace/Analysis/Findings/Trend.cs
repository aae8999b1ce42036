using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>The trend of a growing quantity: a least-squares line through readings over time. docs/findings.md has the formulas.</summary>
/// <param name="PerSecond">Its slope.</param>
/// <param name="Error">Half width of the slope's 95% interval.</param>
/// <param name="Seconds">The time from the first reading to the last.</param>
/// <param name="Last">The last reading.</param>
internal sealed record Trend(double PerSecond, double Error, double Seconds, double Last)
{
    /// <summary>In less time, startup looks like a leak.</summary>
    public const double LeastSeconds = 10;

    private const int Quarters = 4;
    private const int LeastReadings = 2 * Quarters;

    /// <summary>With even growth, the mean of a quarter is above that of the previous one by a third of the whole rise; this is 30% of that.</summary>
    private const double LeastQuarterShare = 0.1;

    /// <summary>The growth along the line.</summary>
    public double Rise => PerSecond * Seconds;

    /// <summary>
    /// The growth of readings in time order; null if they are too few or cover too short a time, if the slope is within its error, or if the growth is not
    /// steady but a step or a rise that levels off.
    /// </summary>
    public static Trend? Growth(IReadOnlyList<RegressionLine.Point> readings) =>
        Shows(readings) ? Rising(readings) : null;

    /// <summary>Whether readings are enough to show growth, if there is any.</summary>
    public static bool Shows(IReadOnlyList<RegressionLine.Point> readings) =>
        readings.Count >= LeastReadings && readings[^1].Seconds - readings[0].Seconds >= LeastSeconds;

    /// <summary>Like <see cref="Growth"/>, for readings of any length: parts of a growth that is long enough.</summary>
    public static Trend? Rising(IReadOnlyList<RegressionLine.Point> readings)
    {
        if (readings.Count < LeastReadings)
            return null;
        if (RegressionLine.Through(readings) is not { } line)
            return null;
        var error = Estimate.NormalQuantile95 * Math.Sqrt(line.Variance) * Widening(readings, line.PerSecond);
        return line.PerSecond > error && RisesThroughout(readings)
            ? new Trend(line.PerSecond, error, readings[^1].Seconds - readings[0].Seconds, readings[^1].Value)
            : null;
    }

    /// <summary>
    /// Readings in quick succession are correlated: n of them with a correlation r between neighbors count as n (1 - r) / (1 + r) independent ones.
    /// </summary>
    private static double Widening(IReadOnlyList<RegressionLine.Point> readings, double slope)
    {
        var (meanSeconds, meanValue) = (readings.Average(item => item.Seconds), readings.Average(item => item.Value));
        var residuals = readings.Select(item => item.Value - meanValue - (slope * (item.Seconds - meanSeconds))).ToList();
        var squares = residuals.Sum(residual => residual * residual);
        var products = residuals.Zip(residuals.Skip(1), (left, right) => left * right).Sum();
        var correlation = squares > 0 ? Math.Clamp(products / squares, 0, 0.99) : 0;
        return Math.Sqrt((1 + correlation) / (1 - correlation));
    }

    private static bool RisesThroughout(IReadOnlyList<RegressionLine.Point> readings)
    {
        var means = Enumerable.Range(0, Quarters)
            .Select(quarter => readings.Skip(readings.Count * quarter / Quarters).Take((readings.Count * (quarter + 1) / Quarters) - (readings.Count * quarter / Quarters)))
            .Select(quarter => quarter.Average(item => item.Value))
            .ToList();
        var least = LeastQuarterShare * (means[^1] - means[0]);
        return means.Zip(means.Skip(1)).All(pair => pair.Second - pair.First >= least);
    }
}
