using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Tests.Recording;

public sealed class BreakdownScheduleTests
{
    private const long Mega = 1 << 20;

    private readonly BreakdownSchedule _schedule = new();

    [Fact]
    public void A_snapshot_of_a_steady_process_is_taken_every_five_seconds()
    {
        Look(0, 100);

        Assert.Null(Next(4.9, 101));
        Assert.Equal(BreakdownReason.Interval, Next(5.1, 101));
    }

    [Fact]
    public void A_snapshot_of_a_new_peak_is_taken_at_once()
    {
        Look(0, 100);

        Assert.Equal(BreakdownReason.Peak, Next(0.2, 200));
        Look(1.1, 200);
        Assert.Null(Next(3, 205));
        Assert.Null(Next(3, 150));
        Assert.Equal(BreakdownReason.Peak, Next(3, 220));
    }

    [Fact]
    public void Expensive_snapshots_are_taken_rarely_except_at_a_peak()
    {
        Look(0, 1000, costMs: 100);

        Assert.Null(Next(1.9, 5000));
        Assert.Equal(BreakdownReason.Peak, Next(2.1, 5000));
        Assert.Null(Next(19, 1000));
        Assert.Equal(BreakdownReason.Interval, Next(21, 1000));
    }

    [Fact]
    public void A_process_that_keeps_growing_is_not_blocked_by_snapshots_for_long()
    {
        var looks = 0;
        for (var (second, rss) = (0.0, 30L); rss < 30_000; (second, rss) = (second + 0.2, rss + 5))
        {
            if (Next(second, rss) is not null)
            {
                Look(second, rss, costMs: rss / 40.0);
                looks++;
            }
        }

        Assert.InRange(looks, 80, 300);
    }

    [Fact]
    public void A_long_recording_has_hundreds_of_snapshots_and_not_thousands()
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
        _schedule.Taken(TimeSpan.FromSeconds(seconds), megabytes * Mega, TimeSpan.FromMilliseconds(costMs));
}
