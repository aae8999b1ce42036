using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class SparklineTests
{
    private const string Levels = "01234567";

    [Fact]
    public void The_lowest_and_the_highest_value_take_the_lowest_and_the_highest_level() =>
        Assert.Equal("0 47", Sparkline.Draw([10, null, 18, 24], Levels));

    [Fact]
    public void A_change_of_less_than_a_percent_is_drawn_as_no_change() =>
        Assert.Equal("444", Sparkline.Draw([1000, 1009, 1001], Levels));

    [Fact]
    public void Equal_values_and_nothing_but_zeros_can_be_drawn()
    {
        Assert.Equal("44", Sparkline.Draw([0, 0], Levels));
        Assert.Equal("  ", Sparkline.Draw([null, null], Levels));
        Assert.Equal("", Sparkline.Draw([], Levels));
    }

    [Fact]
    public void A_span_of_time_has_its_highest_value_or_the_one_before() =>
        Assert.Equal([null, 5.0, 5.0, 9.0], Sparkline.Buckets([(1.5, 3), (1.9, 5), (3, 1), (4, 9)], 0, 4, 4));

    [Fact]
    public void Values_outside_the_window_count_at_its_ends() =>
        Assert.Equal([7.0, 8.0], Sparkline.Buckets([(-1, 7), (5, 8)], 0, 2, 2));

    [Fact]
    public void A_window_without_length_has_one_value() =>
        Assert.Equal([4.0, 4.0], Sparkline.Buckets([(0, 4)], 0, 0, 2));
}
