using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net.Sockets;
using Memtrace.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tests.Processes;

[Slow]
public sealed class TargetAttachTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_process_is_described_and_answers_requests()
    {
        using var idle = await TargetProcess.IdleAsync();

        await using var target = await idle.AttachAsync();

        Assert.Equal(idle.Id, target.ProcessId);
        Assert.Equal(
            new TargetDescription(idle.Id, "Idle", $"dotnet {TargetPrograms.Path("Idle")} sleep 600", Environment.Version.ToString(), "x64", "Linux", Environment.ProcessorCount) { IsAheadOfTime = false },
            target.Description);
        Assert.False(target.IsLaunched);
        Assert.False(target.IsSuspended);
        await AssertAnswersAsync(target);
    }

    [Fact]
    public async Task Resuming_a_running_process_does_nothing()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();

        await target.ResumeAsync(Token);

        await AssertAnswersAsync(target);
    }

    [Fact]
    public async Task A_process_that_waits_at_its_default_port_can_be_resumed()
    {
        using var idle = await TargetProcess.FromScriptAsync(
            $"DOTNET_DefaultDiagnosticPortSuspend=1 dotnet {TargetPrograms.Path("Idle")} exit 3 & echo $!; wait; sleep 600");
        while (DiagnosticEndpoint.Find(idle.Id) is null)
            await Task.Delay(10, Token);
        await using var target = await idle.AttachAsync();

        await target.ResumeAsync(Token);

        await target.Exit.WaitAsync(Patience, Token);
    }

    [Fact]
    public Task No_such_process() => AssertFailsAsync(int.MaxValue, TargetError.NotRunning, "Process 2147483647 is not running.");

    [Fact]
    public async Task Not_a_dotnet_process()
    {
        using var sleep = TargetProcess.Run("sleep", "600");

        await AssertFailsAsync(sleep.Id, TargetError.NotDotnet, $"Process {sleep.Id} (sleep) is not a .NET process.");
    }

    [Theory]
    [InlineData("DOTNET_EnableDiagnostics")]
    [InlineData("DOTNET_EnableDiagnostics_IPC")]
    [InlineData("COMPlus_EnableDiagnostics")]
    public async Task Diagnostics_switched_off(string variable)
    {
        using var idle = await TargetProcess.IdleAsync((variable, "0"));

        await AssertFailsAsync(
            idle.Id,
            TargetError.DiagnosticsDisabled,
            $"Process {idle.Id} (Idle) has diagnostics disabled ({variable}=0); restart it without that variable.");
    }

    [Fact]
    public async Task A_zombie_has_exited()
    {
        using var zombie = await TargetProcess.FromScriptAsync("sleep 0 & echo $!; exec sleep 600");
        while (LinuxProcess.Open(zombie.Id) is not { IsZombie: true })
            await Task.Delay(10, Token);

        await AssertFailsAsync(zombie.Id, TargetError.Exited, $"Process {zombie.Id} (sleep) has exited.");
    }

    [Fact]
    public async Task A_stopped_process_is_refused_at_once()
    {
        using var idle = await TargetProcess.IdleAsync();
        await idle.StopAsync();

        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.AttachAsync(idle.Id, TimeSpan.FromDays(1), Token));

        Assert.Equal(TargetError.NoAnswer, exception.Error);
        Assert.Equal($"Process {idle.Id} (Idle) is stopped (SIGSTOP); resume it with kill -CONT.", exception.Message);
    }

    [Fact]
    public async Task A_process_that_stops_later_does_not_answer_either()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await Target.AttachAsync(idle.Id, TimeSpan.FromSeconds(5), Token);
        await idle.StopAsync();

        var exception = await Assert.ThrowsAsync<TargetException>(() => AssertAnswersAsync(target));

        Assert.Equal(TargetError.NoAnswer, exception.Error);
    }

    [Fact]
    public async Task A_process_that_is_gone_has_exited()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();
        idle.Signal("KILL");
        await target.Exit;

        var exception = await Assert.ThrowsAsync<TargetException>(() => AssertAnswersAsync(target));

        Assert.Equal(TargetError.Exited, exception.Error);
        Assert.Equal($"Process {idle.Id} (Idle) has exited.", exception.Message);
    }

    [Fact]
    public async Task A_cancelled_request_is_not_reported_as_a_failure_of_the_process()
    {
        using var idle = await TargetProcess.IdleAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Target.AttachAsync(idle.Id, Patience, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_socket_that_an_earlier_process_left_behind_is_not_taken_for_the_process()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);
        File.Move(TargetProcess.SocketIn(folder), folder.File(string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{idle.Id}-17-socket")));

        await AssertFailsAsync(
            idle.Id,
            TargetError.ConnectionRefused,
            $"Process {idle.Id} (Idle) has no diagnostic socket, only one left behind by an earlier process with the same id; restart it.");
    }

    [Fact]
    public async Task A_socket_that_nothing_listens_on_refuses()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);
        var path = TargetProcess.SocketIn(folder);
        File.Delete(path);
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + "-kept"); // .NET removes the name that it bound.
        }

        File.Move(path + "-kept", path);

        await AssertFailsAsync(
            idle.Id,
            TargetError.ConnectionRefused,
            $"Process {idle.Id} (Idle) refuses the connection: nothing listens on its diagnostic socket; restart it.");
    }

    [Fact]
    public async Task A_removed_socket()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);
        File.Delete(TargetProcess.SocketIn(folder));

        await AssertFailsAsync(
            idle.Id,
            TargetError.NoSocket,
            $"Process {idle.Id} (Idle) has no diagnostic socket: it is still starting, it could not write to its temporary folder, or the socket was deleted from there; restart it.");
    }

    [Theory]
    [InlineData("memtrace test-")]
    [InlineData("memtrace,test-")]
    public async Task A_socket_at_a_path_that_the_client_misreads(string prefix)
    {
        using var folder = new ScratchFolder(prefix);
        using var idle = await TargetProcess.IdleInAsync(folder);
        var path = TargetProcess.SocketIn(folder);

        await AssertFailsAsync(
            idle.Id,
            TargetError.PortUnavailable,
            $"Process {idle.Id} (Idle) has its diagnostic socket at a path that cannot be used: {path}; restart it with a short TMPDIR without spaces or commas.");
    }

    [Fact]
    public async Task A_process_with_another_temp_folder_is_found()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);

        await using (var target = await idle.AttachAsync())
            await AssertAnswersAsync(target);
        Assert.Null(Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id).Obstacle);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_process_in_a_mount_namespace_with_its_own_tmp_is_found()
    {
        using var idle = await TargetProcess.IdleUnderAsync("unshare", "--mount", "sh", "-c", TargetProcess.PrivateTemp, "sh");

        await using var target = await idle.AttachAsync();

        await AssertAnswersAsync(target);
        Assert.Null(Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id).Obstacle);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_process_in_a_pid_and_mount_namespace_is_found_by_its_id_outside()
    {
        using var shell = await TargetProcess.IdleUnderAsync(
            "unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", TargetProcess.PrivateTemp, "sh");
        var process = Assert.Single(DotnetProcesses.List(), IsIdleAsFirstOfItsNamespace);

        await using var target = await Target.AttachAsync(process.Id, Patience, Token);

        Assert.Null(process.Obstacle);
        Assert.Equal(process.Id, target.ProcessId);
        Assert.Equal("Idle", target.Description.Name);
        await AssertAnswersAsync(target);
    }

    [Fact]
    public async Task A_process_is_reached_through_the_path_of_its_socket()
    {
        using var idle = await TargetProcess.IdleAsync();

        await using var target = await Target.ConnectAsync($"{DiagnosticEndpoint.Find(idle.Id)!.Address},connect", Patience, Token);

        Assert.Equal(idle.Id, target.ProcessId);
        Assert.Equal("Idle", target.Description.Name);
        await AssertAnswersAsync(target);
    }

    [Fact]
    public async Task Connecting_to_nothing_is_refused()
    {
        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.ConnectAsync("/nowhere/port,connect", Patience, Token));

        Assert.Equal(TargetError.NoSocket, exception.Error);
        Assert.Equal("The process at the diagnostic port has no diagnostic socket at that path.", exception.Message);
    }

    private static async Task AssertFailsAsync(int processId, TargetError error, string message)
    {
        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.AttachAsync(processId, Patience, Token));

        Assert.Equal(message, exception.Message);
        Assert.Equal(error, exception.Error);
    }

    internal static async Task AssertAnswersAsync(Target target)
    {
        using var session = await target.AskAsync(
            (client, token) => client.StartEventPipeSessionAsync(
                [new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, 1)], requestRundown: false, token: token),
            Token);
        await session.StopAsync(Token);
    }

    private static bool IsIdleAsFirstOfItsNamespace(DotnetProcess process) =>
        LinuxProcess.Open(process.Id)?.NamespaceId == 1 && process.CommandLine.Contains(TargetPrograms.Path("Idle"), StringComparison.Ordinal);
}
