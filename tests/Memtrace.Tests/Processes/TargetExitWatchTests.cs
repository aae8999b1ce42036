using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

[Slow]
public sealed class TargetExitWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("ABRT", 6)]
    public async Task A_process_that_is_no_child_and_is_killed_tells_the_signal(string name, int signal)
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; wait; sleep 600");
        using var watch = ExitWatch.Open(idle.Id)!;
        Assert.False(watch.Exit.IsCompleted);
        idle.Signal(name);

        Assert.Equal(new TargetExit(null, signal), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_process_that_is_no_child_and_exits_tells_its_code()
    {
        using var idle = await TargetProcess.FromScriptAsync("(sleep 0.3; exit 3) & echo $!; wait; sleep 600");
        using var watch = ExitWatch.Open(idle.Id)!;

        Assert.Equal(new TargetExit(3, null), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_zombie_that_nobody_collects_tells_its_end_too()
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; exec sleep 600");
        using var watch = ExitWatch.Open(idle.Id)!;
        idle.Signal("TERM");

        Assert.Equal(new TargetExit(null, 15), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_watch_that_is_disposed_is_cancelled()
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; wait");
        var watch = ExitWatch.Open(idle.Id)!;
        watch.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public void Nobody_is_no_process_to_watch() => Assert.Null(ExitWatch.Open(int.MaxValue));
}
