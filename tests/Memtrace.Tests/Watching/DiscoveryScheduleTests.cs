using Memtrace.Watching;

namespace Memtrace.Tests.Watching;

public sealed class DiscoveryScheduleTests
{
    private readonly ManualTime _time = new();
    private readonly DiscoverySchedule _schedule;

    public DiscoveryScheduleTests() => _schedule = new DiscoverySchedule(_time);

    [Fact]
    public void As_long_as_no_process_ends_it_is_time_after_each_interval()
    {
        for (var i = 0; i < 3; i++)
        {
            var wait = Wait();
            _time.Advance(DiscoverySchedule.Interval / 2);
            Assert.False(wait.IsCompleted);
            _time.Advance(DiscoverySchedule.Interval / 2);
            Assert.True(wait.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task After_an_end_it_is_time_at_once_and_for_a_while_more_often()
    {
        var wait = Wait();
        _schedule.Ended();
        await wait;

        for (var passed = TimeSpan.Zero; passed < DiscoverySchedule.RestartLimit; passed += DiscoverySchedule.RestartInterval)
        {
            wait = Wait();
            Assert.False(wait.IsCompleted);
            _time.Advance(DiscoverySchedule.RestartInterval);
            await wait;
        }

        wait = Wait();
        _time.Advance(DiscoverySchedule.RestartInterval);
        Assert.False(wait.IsCompleted);
        _time.Advance(DiscoverySchedule.Interval);
        await wait;
    }

    [Fact]
    public async Task An_end_before_the_wait_is_not_missed()
    {
        _schedule.Ended();

        await Wait();
    }

    [Fact]
    public async Task It_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        var wait = _schedule.WaitAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    private Task Wait() => _schedule.WaitAsync(TestContext.Current.CancellationToken);
}
