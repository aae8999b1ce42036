namespace Memtrace.Bench;

/// <summary>The measured values of one variant, one a round.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public void Add(double value) => _values.Add(value);

    public double Median => MedianOf(_values);

    /// <summary>The middle half of the values, from the first to the third quartile: how far to trust the median.</summary>
    public (double Low, double High) Spread
    {
        get
        {
            var sorted = _values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 4], sorted[(sorted.Count - 1) * 3 / 4]);
        }
    }

    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
