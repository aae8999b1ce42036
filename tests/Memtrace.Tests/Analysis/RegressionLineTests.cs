using Memtrace.Analysis;

namespace Memtrace.Tests.Analysis;

public sealed class RegressionLineTests
{
    private static RegressionLine.Point[] Points(Func<int, double> bytes, Func<int, double> variance, int count = 30) =>
        [.. Enumerable.Range(0, count).Select(i => new RegressionLine.Point(i, bytes(i), variance(i)))];

    [Fact]
    public void A_straight_line_has_its_own_slope_and_no_error_where_nothing_is_uncertain()
    {
        var line = RegressionLine.Through(Points(i => 5 + (3 * i), _ => 0))!.Value;
        Assert.Equal(3, line.PerSecond, 9);
        Assert.Equal(0, line.Variance, 9);
    }

    [Fact]
    public void Objects_that_live_throughout_do_not_make_the_slope_uncertain()
    {
        Assert.Equal(0, RegressionLine.Through(Points(i => i, _ => 1e6))!.Value.Variance, 9);
    }

    [Fact]
    public void Two_points_or_points_at_one_time_make_no_line()
    {
        Assert.Null(RegressionLine.Through(Points(i => i, _ => 0, count: 2)));
        Assert.Null(RegressionLine.Through([.. Enumerable.Repeat(new RegressionLine.Point(1, 1, 1), 5)]));
    }

    [Fact]
    public void The_error_of_a_sampled_leak_is_that_of_its_slope_over_many_runs()
    {
        // Each second 10 samples are expected, each of weight 1: a Poisson process, whose variance is its size.
        const int Runs = 2000, Seconds = 30;
        const double Rate = 10;
        var random = new Random(3);
        double squares = 0, said = 0;
        for (var run = 0; run < Runs; run++)
        {
            double live = 0;
            var points = Points(_ => live += Poisson(random, Rate), _ => live, Seconds);
            var line = RegressionLine.Through(points)!.Value;
            squares += (line.PerSecond - Rate) * (line.PerSecond - Rate);
            said += line.Variance;
        }

        // The residuals of a random walk add a little to what is exact without them; 1.6% is the deviation of the outcome.
        Assert.InRange(Math.Sqrt(said / squares), 0.95, 1.15);
    }

    [Fact]
    public void Noise_without_growth_is_within_the_error_as_often_as_it_should_be()
    {
        var random = new Random(4);
        var outside = 0;
        const int Runs = 1000;
        for (var run = 0; run < Runs; run++)
        {
            var line = RegressionLine.Through(Points(_ => Poisson(random, 100), _ => 100))!.Value;
            if (Math.Abs(line.PerSecond) > 1.96 * Math.Sqrt(line.Variance))
                outside++;
        }

        // 5%, a little more for the variance is itself estimated; four deviations of the count.
        Assert.InRange(outside, 30, 95);
    }

    private static double Poisson(Random random, double mean)
    {
        var (count, product, limit) = (-1, 1.0, Math.Exp(-mean));
        do
        {
            product *= random.NextDouble();
            count++;
        }
        while (product > limit);
        return count;
    }
}
