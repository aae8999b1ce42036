using Memtrace.Measuring;

namespace Memtrace.Tests.Measuring;

public sealed class MeasuringThreadTests
{
    [Fact]
    public async Task It_ticks_when_the_interval_has_passed_on_its_clock()
    {
        var (time, ticks) = (new ManualTime(), 0);
        using var thread = new MeasuringThread(TimeSpan.FromHours(1), () => ticks++, time);

        Assert.Equal(0, await AfterAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(1, await AfterAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(1, await AfterAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(2, await AfterAsync(TimeSpan.FromHours(3)));

        // Work wakes the thread, which looks at the clock before the next work.
        async Task<int> AfterAsync(TimeSpan elapsed)
        {
            time.Advance(elapsed);
            await thread.InvokeAsync(() => Task.FromResult(0));
            return await thread.InvokeAsync(() => Task.FromResult(ticks));
        }
    }

    [Fact]
    public async Task What_is_awaited_continues_on_the_thread()
    {
        using var thread = new MeasuringThread(TimeSpan.FromHours(1), () => { }, TimeProvider.System);

        var threads = await thread.InvokeAsync(async () =>
        {
            var before = Environment.CurrentManagedThreadId;
            await Task.Yield();
            return (before, Environment.CurrentManagedThreadId);
        });

        Assert.Equal(threads.before, threads.CurrentManagedThreadId);
        Assert.NotEqual(Environment.CurrentManagedThreadId, threads.before);
    }

    [Fact]
    public async Task A_failure_of_the_work_is_the_callers()
    {
        using var thread = new MeasuringThread(TimeSpan.FromHours(1), () => { }, TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(() => thread.InvokeAsync<int>(() => throw new InvalidOperationException()));
    }
}
