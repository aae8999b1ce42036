namespace Memtrace.Bench;

/// <summary>One of the things that a benchmark compares, and what was measured of it, once a round.</summary>
internal sealed class Variant<T>(string name, Func<Task<T>> measure)
{
    private readonly List<T> _results = [];

    public string Name => name;

    public async Task MeasureAsync() => _results.Add(await measure());

    public double Median(Func<T, double> figure) => Values(figure).Median;

    /// <summary>The median and the quartiles.</summary>
    public string Describe(Func<T, double> figure)
    {
        var values = Values(figure);
        return _results.Count == 1 ? $"{values.Median:F0}" : $"{values.Median:F0} ({values.Spread.Low:F0}-{values.Spread.High:F0})";
    }

    private Samples Values(Func<T, double> figure) => new(_results.Select(figure));
}

internal static class Variant
{
    /// <summary>Measures all variants in each round, so that whatever else the machine does affects all of them.</summary>
    public static async Task<IReadOnlyList<Variant<T>>> MeasureInTurnsAsync<T>(int rounds, params IReadOnlyList<Variant<T>> variants)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var variant in variants)
                await variant.MeasureAsync();
        }

        return variants;
    }
}
