namespace Memtrace.Testing;

/// <summary>
/// A growth with each iteration: the median of the slopes between any two values (Theil and Sen), with its 99.9% interval by Kendall's rank correlation. Single
/// steps, such as a pool that is emptied, hardly move it.
/// </summary>
/// <param name="PerIteration">The growth, of either sign.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct Slope(double PerIteration, double Low, double High)
{
    /// <summary>Half the width of a normal distribution's central 99.9%, in standard deviations.</summary>
    private const double NormalQuantile = 3.29;

    /// <summary>The common slope of series between which something else may have changed the level.</summary>
    /// <param name="series">Values, one for each iteration; at least two in each.</param>
    public static Slope Of(params IReadOnlyList<double>[] series)
    {
        double[] slopes = [.. series.SelectMany(Slopes).Order()];
        var variance = series.Sum(values => values.Count * (values.Count - 1) * ((2 * values.Count) + 5) / 18.0);
        var outside = (slopes.Length - (NormalQuantile * Math.Sqrt(variance))) / 2;
        var low = Math.Clamp((int)outside - 1, 0, slopes.Length - 1);
        return new Slope((slopes[(slopes.Length - 1) / 2] + slopes[slopes.Length / 2]) / 2, slopes[low], slopes[slopes.Length - 1 - low]);
    }

    private static IEnumerable<double> Slopes(IReadOnlyList<double> values) =>
        from last in Enumerable.Range(1, values.Count - 1)
        from first in Enumerable.Range(0, last)
        select (values[last] - values[first]) / (last - first);
}
