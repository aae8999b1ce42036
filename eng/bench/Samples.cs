namespace Memtrace.Bench;

/// <summary>The measured values of one figure, one a round.</summary>
internal sealed class Samples(IEnumerable<double> values)
{
    private readonly List<double> _sorted = [.. values.Order()];

    public double Median => (_sorted[(_sorted.Count - 1) / 2] + _sorted[_sorted.Count / 2]) / 2;

    /// <summary>The first and the third quartile: how far to trust the median.</summary>
    public (double Low, double High) Spread => (_sorted[(_sorted.Count - 1) / 4], _sorted[_sorted.Count - 1 - (_sorted.Count - 1) / 4]);
}
