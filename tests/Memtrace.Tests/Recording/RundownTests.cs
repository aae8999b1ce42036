using Memtrace.Processes;
using Memtrace.Recording;

namespace Memtrace.Tests.Recording;

[Slow]
public sealed class RundownTests
{
    [Fact]
    public async Task A_rundown_has_the_runtimes_major_version()
    {
        var token = TestContext.Current.CancellationToken;
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();

        var rundown = await Rundown.TakeAsync(target, SymbolReader.FirstRundownOffset, token);

        Assert.True(rundown.Complete);
        Assert.Equal(Environment.Version.Major, rundown.RuntimeMajor);
    }

    [Fact]
    public async Task One_that_is_not_complete_in_time_is_given_up()
    {
        var (time, limit) = (new ManualTime(), TimeSpan.FromSeconds(5));
        using var runtime = new FakeRuntime { Other = new FakeSession([], AtStop: null) };
        await using var target = await Target.ConnectAsync(runtime.Port, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Null(await time.PassUntilAsync(Rundown.TryTakeAsync(target, SymbolReader.LastRundownOffset, limit, time)));
        Assert.Equal(limit, time.Elapsed);
    }

    [Fact]
    public async Task One_that_is_complete_in_time_is_taken()
    {
        var time = new ManualTime();
        using var runtime = new FakeRuntime();
        await using var target = await Target.ConnectAsync(runtime.Port, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var rundown = await Rundown.TryTakeAsync(target, SymbolReader.LastRundownOffset, TimeSpan.FromSeconds(5), time);

        Assert.NotNull(rundown);
        Assert.True(rundown.Complete);
        Assert.Empty(rundown.Events);
    }
}
