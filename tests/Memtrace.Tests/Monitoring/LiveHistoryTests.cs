using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tests.Monitoring;

public sealed class LiveHistoryTests
{
    [Fact]
    public void With_a_single_reading_the_rate_is_that_since_the_beginning()
    {
        var history = LiveHistory.Empty.Add(At(10, allocated: 1000));

        Assert.Equal((100.0, 0.0), (history.AllocatedBytesPerSecond, history.Seconds));
        Assert.Null(history.Baseline);
    }

    [Fact]
    public void Rates_are_those_of_the_last_seconds()
    {
        var history = LiveHistory.Empty;
        for (var second = 1; second <= 60; second++)
            history = history.Add(At(second, allocated: second <= 50 ? 0 : (second - 50) * 700, collections: second * 2, pauseMs: second * 30));

        Assert.Equal(LiveHistory.RateWindowSeconds, history.Seconds);
        Assert.Equal(700, history.AllocatedBytesPerSecond, 6);
        Assert.Equal(2, history.CollectionsPerSecond, 6);
        Assert.Equal(0.03, history.PauseShare, 6);
        Assert.Equal(5 * 700, history.Baseline!.Total.Bytes);
    }

    [Fact]
    public void The_end_of_a_recording_leaves_the_rates_as_they_were()
    {
        var history = LiveHistory.Empty.Add(At(1, allocated: 1000)).Add(At(2, allocated: 2000));
        var end = At(2.5, allocated: 2000, rss: 7);

        var ended = history.Add(end with { Recording = end.Recording with { EndReason = EndReason.Stopped } });

        Assert.Equal((1000, 7), (ended.AllocatedBytesPerSecond, ended.Rss[^1].RssBytes));
    }

    [Fact]
    public void Readings_that_are_far_apart_are_still_compared()
    {
        var history = LiveHistory.Empty.Add(At(60, allocated: 0)).Add(At(120, allocated: 600)).Add(At(180, allocated: 6600));

        Assert.Equal((60.0, 100.0), (history.Seconds, history.AllocatedBytesPerSecond));
    }

    [Fact]
    public void The_curve_reaches_some_minutes_back_and_has_a_bounded_number_of_points()
    {
        var history = LiveHistory.Empty;
        for (var i = 0; i < 5000; i++)
            history = history.Add(At(i / 10.0, rss: i));

        Assert.InRange(history.Rss.Count, 100, 600);
        Assert.Equal(4999, history.Rss[^1].RssBytes);
        Assert.Equal(499.9, history.Rss[^1].Seconds, 6);
        Assert.InRange(history.Rss[^1].Seconds - history.Rss[0].Seconds, 0, LiveHistory.MaxSeconds);
    }

    [Fact]
    public void Rows_have_the_rate_of_the_last_seconds_beside_the_total()
    {
        var before = SampleProfiles.Shop.Allocations;
        var rows = LiveRow.Types(SampleProfiles.Twice, before, 2);
        var sites = LiveRow.Sites(SampleProfiles.Shop, before, 2);

        Assert.All(rows, row => Assert.Equal(0, row.BytesPerSecond));
        Assert.Equal(before.Types.Select(type => (type.Type, type.Allocated)), rows.Select(row => (row.Type, row.Allocated)));
        Assert.Equal(before.Sites.Select(site => (site.Type, site.Site)), sites.Select(row => (row.Type, row.Site)));
        Assert.All(sites, row => Assert.Null(row.Live));
        var first = LiveRow.Types(SampleProfiles.Shop, before with { Types = [before.Types[0] with { Allocated = new Estimate(before.Types[0].Allocated.Bytes - 500, 0, 0, 0, 1) }] }, 2)[0];
        Assert.Equal(250, first.BytesPerSecond, 3);
    }

    [Fact]
    public void Rows_have_live_bytes_and_growth_if_known()
    {
        var (profile, live) = (SampleProfiles.Live, SampleProfiles.Live.Live!);
        var rows = LiveRow.Sites(profile, null, 0);

        foreach (var site in live.End.Sites)
            Assert.Contains(rows, row => (row.Type, row.Site) == (site.Type, site.Site) && row.Live == site.Survival.Live && row.AliveShare == site.Survival.AliveShare);
        Assert.Equal(live.Growth.Sum(site => site.BytesPerSecond), LiveRow.Types(profile, null, 0).Sum(row => row.GrowthBytesPerSecond ?? 0), 3);
        Assert.Contains(rows, row => row.GrowthBytesPerSecond is null);
        Assert.All(rows, row => Assert.NotNull(row.Live));
    }

    [Fact]
    public void Before_a_collection_has_reported_survivors_live_figures_are_unknown() =>
        Assert.All(LiveRow.Types(SampleProfiles.Live with { Live = null }, null, 0), row => Assert.Equal((null, null, null), (row.Live, row.GrowthBytesPerSecond, row.AliveShare)));

    private static MemoryProfile At(double seconds, double allocated = 0, int collections = 0, double pauseMs = 0, long rss = 1) => SampleProfiles.Empty with
    {
        Recording = SampleProfiles.Empty.Recording with { DurationSeconds = seconds },
        Memory = SampleProfiles.Empty.Memory with { Rss = new Measure(0, rss, rss, seconds) },
        Allocations = SampleProfiles.Empty.Allocations with { Total = new Estimate(allocated, 0, 0, 0, 1) },
        Collections = new CollectionSummary([], pauseMs, 0, 0) { Earlier = [collections, 0, 0] },
    };
}
