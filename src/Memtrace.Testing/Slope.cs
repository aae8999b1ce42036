namespace Memtrace.Testing;

/// <summary>A growth with each iteration, by least squares.</summary>
/// <param name="PerIteration">The growth, of either sign.</param>
/// <param name="Error">Half width of its interval, at a confidence of 99.9 % from 20 values on.</param>
internal readonly record struct Slope(double PerIteration, double Error)
{
    /// <summary>The quantile of Student's distribution for 99.9 % and 18 degrees of freedom; more have a smaller one.</summary>
    private const double Quantile = 3.92;

    /// <summary>The common slope of series between which something else may have changed the level.</summary>
    /// <param name="series">Values, one for each iteration.</param>
    public static Slope Of(params IReadOnlyList<double>[] series)
    {
        double sumXX = 0, sumXY = 0, sumYY = 0;
        foreach (var values in series)
        {
            var (middle, mean) = ((values.Count - 1) / 2.0, values.Average());
            for (var i = 0; i < values.Count; i++)
            {
                var (x, y) = (i - middle, values[i] - mean);
                (sumXX, sumXY, sumYY) = (sumXX + (x * x), sumXY + (x * y), sumYY + (y * y));
            }
        }

        var slope = sumXY / sumXX;
        var freedom = Math.Max(1, series.Sum(values => values.Count) - series.Length - 1);
        var residual = Math.Max(0, sumYY - (slope * sumXY)) / freedom;
        return new Slope(slope, Quantile * Math.Sqrt(residual / sumXX));
    }
}
