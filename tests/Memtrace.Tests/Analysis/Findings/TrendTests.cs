using Memtrace.Analysis;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

public sealed class TrendTests
{
    private static Trend? Growth(Func<double, double> value, double seconds = Minute) => Trend.Growth([.. Times(seconds).Select(at => new RegressionLine.Point(at, value(at)))]);

    [Fact]
    public void A_straight_rise_is_growth()
    {
        var trend = Growth(at => 100 + (5 * at));

        Assert.NotNull(trend);
        Assert.Equal((60, 400), (trend.Seconds, trend.Last));
        Assert.Equal(5, trend.PerSecond, 1e-9);
        Assert.Equal(300, trend.Rise, 1e-9);
        Assert.Equal(0, trend.Error, 1e-9);
    }

    [Fact]
    public void Its_error_covers_the_noise()
    {
        var trend = Growth(at => (5 * at) + (20 * Noise(at)));

        Assert.NotNull(trend);
        Assert.InRange(trend.PerSecond, 5 - trend.Error, 5 + trend.Error);
        Assert.InRange(trend.Error, 0.01, 1);
    }

    public static TheoryData<string, Func<double, double>> NoGrowth() => new()
    {
        { "nothing", _ => 100 },
        { "noise", at => 100 + (20 * Noise(at)) },
        { "a slope inside the noise", at => (0.02 * at) + (20 * Noise(at)) },
        { "fewer", at => 100 - at },
        { "a step", at => at < 40 ? 100 : 200 },
        { "an early step", at => at < 5 ? 100 : 200 },
        { "a start that levels off", at => 100 * (1 - Math.Exp(-at / 10)) },
        { "up and down", at => 100 + (50 * Math.Sin(at / 5)) },
    };

    [Theory]
    [MemberData(nameof(NoGrowth), DisableDiscoveryEnumeration = true)]
    public void A_rise_that_does_not_continue_beyond_its_error_is_not_growth(string what, Func<double, double> value) => Assert.True(Growth(value) is null, what);

    [Fact]
    public void Ten_seconds_and_eight_readings_are_the_least()
    {
        Assert.NotNull(Growth(at => at, 10));
        Assert.Null(Growth(at => at, 9.9));
        Assert.NotNull(Trend.Growth([.. Times(count: 8).Select(at => new RegressionLine.Point(at, at))]));
        Assert.Null(Trend.Growth([.. Times(count: 7).Select(at => new RegressionLine.Point(at, at))]));
    }

    [Fact]
    public void Readings_that_follow_each_other_count_as_fewer()
    {
        // The same noise, each value for one reading or for ten: the slope is known less well where there are fewer values.
        var (independent, correlated) = (Growth(at => at + Noise(at)), Growth(at => at + Noise(Math.Floor(at / 5))));

        Assert.True(correlated!.Error > 2 * independent!.Error, $"{correlated.Error} {independent.Error}");
    }

    [Fact]
    public void Its_error_is_wider_by_the_correlation_between_neighbors()
    {
        // Noise of -1 and 1 in runs of four: three of four neighbors are equal, so the correlation is 1/2, but for the ends.
        RegressionLine.Point[] readings = [.. Enumerable.Range(0, 400).Select(i => new RegressionLine.Point(i, (10.0 * i) + (i / 4 % 2 == 0 ? 1 : -1)))];
        var independent = Estimate.NormalQuantile95 * Math.Sqrt(RegressionLine.Through(readings)!.Value.Variance);

        Assert.Equal(Math.Sqrt(3), Trend.Growth(readings)!.Error / independent, 0.02);
    }
}
