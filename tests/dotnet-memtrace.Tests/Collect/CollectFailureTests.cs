namespace Memtrace.Tool.Tests.Collect;

/// <summary>Processes that cannot be recorded: one line says why and what to do.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectFailureTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task No_such_process() => AssertRefusedAsync(int.MaxValue, "Process 2147483647 is not running.");

    [Fact]
    public async Task Not_a_dotnet_process()
    {
        using var sleep = TargetProcess.Run("sleep", "600");
        await AssertRefusedAsync(sleep.Id, $"Process {sleep.Id} (sleep) is not a .NET process.");
    }

    [Fact]
    public async Task A_zombie()
    {
        // A shell that is still there would collect it.
        using var zombie = await TargetProcess.FromScriptAsync("sleep 0.5 & echo $!; exec sleep 600");
        await Signals.GoneAsync(zombie.Id);
        await AssertRefusedAsync(zombie.Id, $"Process {zombie.Id} (sleep) has exited.");
    }

    [Fact]
    public async Task Diagnostics_switched_off()
    {
        using var idle = await TargetProcess.IdleAsync(("DOTNET_EnableDiagnostics", "0"));
        await AssertRefusedAsync(
            idle.Id, $"Process {idle.Id} (Idle) has diagnostics disabled (DOTNET_EnableDiagnostics=0); restart it without that variable.");
    }

    [Fact]
    public async Task A_stopped_process()
    {
        using var idle = await TargetProcess.IdleAsync();
        await idle.StopAsync();
        await AssertRefusedAsync(
            idle.Id, $"Process {idle.Id} (Idle) is stopped (SIGSTOP); resume it with kill -CONT.");
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Another_users_process()
    {
        using var idle = await TargetProcess.IdleAsync();
        (await ChildProcess.RunAsync(["chmod", "o+rwx", _folder.Path])).HasExitCode(0);

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "collect", "-p", $"{idle.Id}", "-o", _folder.Recording);

        AssertRefused(run, $"Process {idle.Id} (Idle) belongs to user {Environment.UserName}; run as that user or with sudo.");
    }

    private async Task AssertRefusedAsync(int processId, string message) =>
        AssertRefused(await Tool.RunAsync("collect", "-p", $"{processId}", "-o", _folder.Recording), message);

    private void AssertRefused(CommandResult run, string message)
    {
        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal($"error: {message}\n", run.Error);
        Assert.Empty(run.Output);
        Assert.False(File.Exists(_folder.Recording));
    }
}
