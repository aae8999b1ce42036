namespace Memtrace.Analysis;

/// <summary>A least-squares line through a quantity over time, such as live bytes. docs/live-heap.md derives its error.</summary>
/// <param name="PerSecond">Its slope.</param>
/// <param name="Variance">Variance of the slope.</param>
internal readonly record struct RegressionLine(double PerSecond, double Variance)
{
    /// <summary>A time, the quantity then, and the variance of its estimate; 0 if it is exact.</summary>
    public readonly record struct Point(double Seconds, double Value, double Variance = 0);

    /// <summary>The least-squares line through three or more points in time order; null for fewer.</summary>
    public static RegressionLine? Through(IReadOnlyList<Point> points)
    {
        if (points.Count < 3)
            return null;
        var meanSeconds = points.Average(point => point.Seconds);
        var meanValue = points.Average(point => point.Value);
        var spread = points.Sum(point => Square(point.Seconds - meanSeconds));
        if (spread <= 0)
            return null;
        var slope = points.Sum(point => (point.Seconds - meanSeconds) * (point.Value - meanValue)) / spread;
        var residuals = points.Sum(point => Square(point.Value - meanValue - (slope * (point.Seconds - meanSeconds))));
        return new RegressionLine(slope, (residuals / (points.Count - 2) / spread) + SamplingVariance(points, meanSeconds, spread));
    }

    /// <summary>
    /// Consecutive points share samples, so their errors are not independent, but the differences between consecutive points are. A sample that is present
    /// from point k on moves the slope by its amount times g(k), the sum of (t - mean) / spread over the points from k on.
    /// </summary>
    private static double SamplingVariance(IReadOnlyList<Point> points, double meanSeconds, double spread)
    {
        double variance = 0, lever = 0;
        for (var i = points.Count - 1; i > 0; i--)
        {
            lever += (points[i].Seconds - meanSeconds) / spread;
            variance += Math.Abs(points[i].Variance - points[i - 1].Variance) * Square(lever);
        }

        return variance;
    }

    private static double Square(double value) => value * value;
}
