using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Sessions;
using Memtrace.TestSupport.Processes;
using Memtrace.Watching;
using Memtrace.Watching.Conditions;

namespace Memtrace.Tests.Watching;

[Slow]
public sealed class ArmedRecordingTests
{
    private readonly ManualTime _time = new();
    private readonly WatchHistory _history = new(TimeSpan.FromMinutes(1));

    [Fact]
    public async Task It_runs_while_a_trigger_is_near_and_some_minutes_longer_and_again()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();
        using var armed = new ArmedRecording(target, Options, BufferLimit.Default, _time);

        Assert.Null(Observe(armed, rss: 99));
        Assert.Null(armed.Recording);
        for (var time = 1; time <= 2; time++)
        {
            Assert.StartsWith("rss is", Observe(armed, rss: 101), StringComparison.Ordinal);
            Assert.NotNull(armed.Recording);
            _time.Elapsed += TimeSpan.FromMinutes(10);
            Assert.Null(Observe(armed, rss: 101));
            Observe(armed, rss: 50);
            _time.Elapsed += TimeSpan.FromMinutes(4);
            Assert.False(armed.IsOver);
            _time.Elapsed += TimeSpan.FromMinutes(1);
            Assert.True(armed.IsOver);

            armed.Stop();
            await armed.EndAsync();

            Assert.Null(armed.Recording);
            Assert.False(armed.IsOver);
        }
    }

    [Fact]
    public async Task A_process_that_cannot_be_recorded_is_not_asked_all_the_time()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();
        using var armed = new ArmedRecording(target, Options, BufferLimit.Default, _time);
        idle.Signal("KILL");
        await target.Exit;

        Assert.NotNull(Observe(armed, rss: 101));
        Assert.NotNull(await armed.WaitAsync());
        Assert.True(armed.IsOver);
        Assert.NotNull(await armed.EndAsync());

        Assert.Null(Observe(armed, rss: 101));
        _time.Elapsed += TimeSpan.FromMinutes(1);
        Assert.NotNull(Observe(armed, rss: 101));
        await armed.EndAsync();
    }

    private static ArmedOptions Options { get; } = new(
        [new LimitCondition("rss > 100B", WatchMetric.All.Single(metric => metric.Name == "rss"), IsAbove: true, 100, LimitBase.None, For: null)],
        new RecordingOptions("") { Sampling = SamplingChoice.Auto, Breakdown = false });

    private string? Observe(ArmedRecording armed, long rss)
    {
        _history.Add(new WatchReading(_time.Elapsed.TotalSeconds) { Rss = rss });
        return armed.Observe(_history);
    }
}
