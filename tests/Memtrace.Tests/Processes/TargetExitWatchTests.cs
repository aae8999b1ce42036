using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

[Slow]
public sealed class TargetExitWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("ABRT", 6)]
    public async Task The_signal_that_killed_a_process_that_is_not_a_child_is_known(string name, int signal)
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; wait; sleep 600");
        using var watch = ExitWatch.Open(idle.Id, TimeProvider.System)!;
        Assert.False(watch.Exit.IsCompleted);
        idle.Signal(name);

        Assert.Equal(new TargetExit(null, signal), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task The_exit_code_of_a_process_that_is_not_a_child_is_known()
    {
        // A shell takes the input away from what it starts in the background, unless it is passed on.
        using var idle = await TargetProcess.FromScriptAsync("exec 3<&0; (read line; exit 3) <&3 & echo $!; wait; sleep 600");
        using var watch = ExitWatch.Open(idle.Id, TimeProvider.System)!;
        await idle.WriteLineAsync("");

        Assert.Equal(new TargetExit(3, null), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task The_end_of_a_zombie_that_nobody_reaps_is_known()
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; exec sleep 600");
        using var watch = ExitWatch.Open(idle.Id, TimeProvider.System)!;
        idle.Signal("TERM");

        Assert.Equal(new TargetExit(null, 15), await watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_watch_that_is_disposed_is_cancelled()
    {
        using var idle = await TargetProcess.FromScriptAsync("sleep 600 & echo $!; wait");
        var watch = ExitWatch.Open(idle.Id, TimeProvider.System)!;
        watch.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public void A_missing_process_cannot_be_watched() => Assert.Null(ExitWatch.Open(int.MaxValue, TimeProvider.System));
}
