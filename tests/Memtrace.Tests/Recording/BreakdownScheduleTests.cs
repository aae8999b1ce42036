using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Tests.Recording;

public sealed class BreakdownScheduleTests
{
    private const long Mega = 1 << 20;

    private readonly BreakdownSchedule _schedule = new();

    [Fact]
    public void A_steady_process_is_looked_at_every_five_seconds()
    {
        Look(0, 100);

        Assert.Null(Next(4.9, 101));
        Assert.Equal(BreakdownReason.Interval, Next(5.1, 101));
    }

    [Fact]
    public void A_new_peak_is_looked_at_at_once_but_not_more_than_once_a_second()
    {
        Look(0, 100);

        Assert.Null(Next(0.5, 200));
        Assert.Equal(BreakdownReason.Peak, Next(1.1, 200));
        Look(1.1, 200);
        Assert.Null(Next(3, 205));
        Assert.Null(Next(3, 150));
        Assert.Equal(BreakdownReason.Peak, Next(3, 220));
    }

    [Fact]
    public void A_dear_look_is_taken_seldom_for_a_peak_as_well()
    {
        Look(0, 1000, costMs: 100);

        Assert.Null(Next(19, 5000));
        Assert.Equal(BreakdownReason.Peak, Next(21, 5000));
    }

    [Fact]
    public void A_long_recording_has_hundreds_of_looks_and_not_thousands()
    {
        var looks = 0;
        for (var second = 0; second < 24 * 3600; second++)
        {
            if (Next(second, 100) is not null)
            {
                Look(second, 100);
                looks++;
            }
        }

        Assert.InRange(looks, 200, 600);
    }

    private BreakdownReason? Next(double seconds, long megabytes) => _schedule.Next(TimeSpan.FromSeconds(seconds), megabytes * Mega);

    private void Look(double seconds, long megabytes, double costMs = 1) =>
        _schedule.Looked(TimeSpan.FromSeconds(seconds), megabytes * Mega, TimeSpan.FromMilliseconds(costMs));
}
