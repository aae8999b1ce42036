namespace Memtrace.Testing.Tests;

public sealed class SlopeTests
{
    [Fact]
    public void A_steady_growth_is_found_whatever_the_level()
    {
        var slope = Slope.Of(Line(10, 64), Line(10, 64, 1_000_000));

        Assert.Equal(new Slope(64, 64, 64), slope);
    }

    [Fact]
    public void A_single_step_is_not_growth()
    {
        var series = Line(25, 0);
        series.AsSpan(12..).Fill(1_000_000);

        Assert.True(Slope.Of(series, Line(25, 0)) is { Low: <= 0, PerIteration: 0 });
    }

    [Fact]
    public void A_growth_beside_a_step_is_found()
    {
        var series = Line(25, 64);
        for (var i = 12; i < 25; i++)
            series[i] -= 50_000;

        Assert.InRange(Slope.Of(series, Line(25, 64)).PerIteration, 63, 65);
    }

    [Fact]
    public void Noise_alone_is_hardly_ever_mistaken_for_growth()
    {
        var random = new Random(7);
        var found = Enumerable.Range(0, 2000).Count(_ => Slope.Of(Noise(), Noise()).Low > 0);

        // 0.05% of 2000 are expected; ten is far more than chance allows.
        Assert.True(found < 10, $"{found}");

        double[] Noise() => [.. Enumerable.Range(0, 25).Select(_ => random.NextDouble() + random.NextDouble())];
    }

    private static double[] Line(int count, double slope, double level = 0) => [.. Enumerable.Range(0, count).Select(i => level + (slope * i))];
}
