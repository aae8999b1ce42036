namespace Memtrace.Analysis.LiveHeap;

/// <summary>A straight line through live bytes over time. The derivation of its error is in docs/live-heap.md.</summary>
/// <param name="BytesPerSecond">Its slope.</param>
/// <param name="Variance">Variance of the slope.</param>
internal readonly record struct GrowthLine(double BytesPerSecond, double Variance)
{
    /// <summary>A moment, the live bytes, the variance of their estimate.</summary>
    public readonly record struct Point(double Seconds, double Bytes, double Variance);

    /// <summary>The line of least squares through three points or more in order of time, or null where there are fewer.</summary>
    public static GrowthLine? Through(IReadOnlyList<Point> points)
    {
        if (points.Count < 3)
            return null;
        var meanSeconds = points.Average(point => point.Seconds);
        var meanBytes = points.Average(point => point.Bytes);
        var spread = points.Sum(point => Square(point.Seconds - meanSeconds));
        if (spread <= 0)
            return null;
        var slope = points.Sum(point => (point.Seconds - meanSeconds) * (point.Bytes - meanBytes)) / spread;
        var residuals = points.Sum(point => Square(point.Bytes - meanBytes - (slope * (point.Seconds - meanSeconds))));
        return new GrowthLine(slope, (residuals / (points.Count - 2) / spread) + SamplingVariance(points, meanSeconds, spread));
    }

    /// <summary>
    /// The same samples are in one point after the other, so the points' errors are not independent; what a point has more or less than the one before
    /// is. A sample that is there from point k on moves the slope by its bytes times g(k), the sum of (t - mean) / spread over the points from k on.
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
