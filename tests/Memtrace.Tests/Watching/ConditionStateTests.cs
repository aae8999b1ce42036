using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Watching.Conditions;

namespace Memtrace.Tests.Watching;

public sealed class ConditionStateTests
{
    private const long MiB = 1 << 20;

    private readonly WatchHistory _history = new(TimeSpan.FromMinutes(10));

    [Fact]
    public void Within_five_percent_of_the_limit_it_is_still_met() =>
        Assert.Equal([true, false, false], Rss(new ConditionState(Limit("rss", 100 * MiB)), 101, 96, 101));

    [Fact]
    public void Below_that_it_is_no_longer_met() => Assert.Equal([true, false, true], Rss(new ConditionState(Limit("rss", 100 * MiB)), 101, 94, 101));

    [Fact]
    public void It_must_hold_all_the_time()
    {
        var state = new ConditionState(Limit("rss", 100 * MiB) with { For = TimeSpan.FromSeconds(3) });

        Assert.Equal([false, false, false, false, false, false, true], Rss(state, 101, 101, 99, 101, 101, 101, 101));
    }

    [Fact]
    public void A_share_of_an_unknown_limit_is_never_met() =>
        Assert.Equal([false, false], Rss(new ConditionState(Limit("rss", 0.8) with { Base = LimitBase.ContainerLimit }), 1, 1_000_000));

    [Fact]
    public void A_share_of_the_containers_limit_follows_that_limit()
    {
        var state = new ConditionState(Limit("rss", 0.8) with { Base = LimitBase.ContainerLimit });

        Assert.Null(Observe(state, new WatchReading(0) { Rss = 90, ContainerLimit = 200 }));
        Assert.Equal("rss is 90 B, above 80 B", Observe(state, new WatchReading(1) { Rss = 90, ContainerLimit = 100 }));
    }

    [Fact]
    public void Growth_is_met_only_beyond_its_error()
    {
        var state = new ConditionState(Limit("growth", MiB) with { For = TimeSpan.FromMinutes(1) });

        var steady = Enumerable.Range(0, 120).Select(second => Observe(state, Held(second, 100 + (2 * second)))).ToList();

        Assert.All(steady.Take(50), Assert.Null);
        Assert.Single(steady, observed => observed is not null);
    }

    [Fact]
    public void Noise_is_not_growth()
    {
        var state = new ConditionState(Limit("growth", MiB) with { For = TimeSpan.FromMinutes(1) });

        Assert.All(Enumerable.Range(0, 300), second => Assert.Null(Observe(state, Held(second, 100 + (second * 17 % 50)))));
    }

    [Fact]
    public void Memory_fills_at_the_rate_of_its_growth()
    {
        var state = new ConditionState(Limit("fills-in", 100) with { IsAbove = false });

        var observed = Enumerable.Range(0, 950).Select(second => Observe(state, Held(second, second) with { MachineAvailable = (1000 - second) * MiB })).ToList();

        Assert.InRange(observed.FindIndex(text => text is not null), 901, 902);
    }

    [Fact]
    public void Pauses_count_as_a_share_of_the_window()
    {
        var state = new ConditionState(Limit("paused", 20) with { For = TimeSpan.FromSeconds(10) });

        var observed = Enumerable.Range(0, 60).Select(second => Observe(state, new WatchReading(second) { PausedMs = second < 30 ? 0 : (second - 30) * 500 })).ToList();

        // 5 s at 500 ms/s in a window of 10 s.
        Assert.InRange(observed.FindIndex(text => text is not null), 34, 36);
    }

    [Fact]
    public void A_finding_counts_from_its_minimum_severity_on()
    {
        var state = new ConditionState(new FindingCondition("", "managed-leak", FindingSeverity.Critical));

        Assert.Null(Observe(state, With(FindingSeverity.Warning)));
        Assert.Equal("finding managed-leak: Orders leak", Observe(state, With(FindingSeverity.Critical)));
        Assert.Null(Observe(state, With(FindingSeverity.Critical)));
    }

    [Theory]
    [InlineData(EndReason.OutOfMemory, null, true, true, true)]
    [InlineData(EndReason.TargetKilled, null, true, true, false)]
    [InlineData(EndReason.TargetExited, 3, true, true, false)]
    [InlineData(EndReason.TargetExited, 0, true, false, false)]
    [InlineData(EndReason.TargetExited, null, true, false, false)]
    [InlineData(EndReason.Stopped, null, false, false, false)]
    public void Ends_are_told_apart(EndReason reason, int? exitCode, bool isExit, bool isCrash, bool isOutOfMemory)
    {
        var end = new RecordingEnd(reason, exitCode);

        Assert.Equal(
            [isExit, isCrash, isOutOfMemory],
            new[] { WatchedEnd.Exit, WatchedEnd.Crash, WatchedEnd.OutOfMemory }.Select(kind => new EndCondition("", kind).Includes(end)));
    }

    private static LimitCondition Limit(string metric, double limit) =>
        new("", WatchMetric.All.Single(item => item.Name == metric), IsAbove: true, limit, LimitBase.None, For: null);

    private static WatchReading Held(int second, long mebibytes) => new(second) { Held = mebibytes * MiB };

    private static WatchReading With(FindingSeverity severity) => new(0)
    {
        Findings = [new Finding("managed-leak", severity, "Orders leak.", "", ImmutableArray<Evidence>.Empty, "")],
    };

    private List<bool> Rss(ConditionState state, params long[] mebibytes) =>
        [.. mebibytes.Select((value, second) => Observe(state, new WatchReading(second) { Rss = value * MiB }) is not null)];

    private string? Observe(ConditionState state, WatchReading reading)
    {
        _history.Add(reading);
        return state.Observe(_history);
    }
}
