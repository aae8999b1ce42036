using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

[Slow]
public sealed class TargetLaunchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Idle = TargetPrograms.Path("Idle");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_launched_program_waits_at_its_start_answers_requests_and_runs_when_resumed()
    {
        await using var target = await LaunchAsync("dotnet", Idle, "exit", "3");
        Assert.True(target.IsLaunched);
        Assert.True(target.IsSuspended);
        Assert.Equal("Idle", target.Description.Name);
        Assert.Equal(Environment.Version.ToString(), target.Description.RuntimeVersion);
        await Task.Delay(TimeSpan.FromSeconds(0.3), Token);
        Assert.False(target.Exit.IsCompleted);

        await target.ResumeAsync(Token);

        Assert.False(target.IsSuspended);
        Assert.Equal(new TargetExit(3, null), await target.Exit.WaitAsync(Patience, Token));
        Assert.Equal(new TargetExit(3, null), await target.CommandExit!.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_programs_own_executable_can_be_launched()
    {
        await using var target = await LaunchAsync(TargetPrograms.Executable("Idle"), "exit", "0");
        await target.ResumeAsync(Token);

        Assert.Equal(new TargetExit(0, null), await target.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_launched_program_can_be_ended()
    {
        await using var target = await LaunchAsync("dotnet", Idle, "sleep", "600");
        await target.ResumeAsync(Token);

        target.Kill();

        Assert.Equal(new TargetExit(null, 9), await target.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_program_in_a_shell_is_ended_together_with_the_shell()
    {
        await using var target = await LaunchAsync("sh", "-c", $"dotnet {Idle} sleep 600; sleep 600");
        await target.ResumeAsync(Token);
        Assert.NotEqual(target.CommandExit, target.Exit);

        target.Terminate();

        await target.Exit.WaitAsync(Patience, Token);
        Assert.Equal(new TargetExit(null, 15), await target.CommandExit!.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task The_second_program_of_a_shell_does_not_wait()
    {
        await using var target = await LaunchAsync("sh", "-c", $"dotnet {Idle} exit 1; dotnet {Idle} exit 4");
        await target.ResumeAsync(Token);

        Assert.Equal(new TargetExit(1, null), await target.Exit.WaitAsync(Patience, Token));
        Assert.Equal(new TargetExit(4, null), await target.CommandExit!.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Programs_that_a_shell_starts_at_once_do_not_wait()
    {
        await using var target = await LaunchAsync("sh", "-c", $"dotnet {Idle} exit 0 & dotnet {Idle} exit 0 & dotnet {Idle} exit 0 & wait");
        await target.ResumeAsync(Token);

        Assert.Equal(new TargetExit(0, null), await target.CommandExit!.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task The_children_of_a_program_do_not_wait()
    {
        await using var target = await LaunchAsync("dotnet", Idle, "parent", "dotnet", Idle, "parent", "dotnet", Idle, "exit", "5");
        await target.ResumeAsync(Token);

        Assert.Equal(new TargetExit(5, null), await target.Exit.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_program_that_is_released_without_being_resumed_runs()
    {
        using var folder = new ScratchFolder();
        var marker = folder.File("done");
        var target = await LaunchAsync("sh", "-c", $"dotnet {Idle} exit 0 && touch {marker}");

        await target.DisposeAsync();

        while (!File.Exists(marker))
            await Task.Delay(20, Token);
    }

    [Fact]
    public async Task A_program_that_writes_much_is_not_held_up()
    {
        await using var target = await LaunchAsync("sh", "-c", $"dotnet {Idle} exit 0; head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; cat; exit 6");
        await target.ResumeAsync(Token);

        Assert.Equal(new TargetExit(6, null), await target.CommandExit!.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_command_that_does_not_exist()
    {
        var exception = await Assert.ThrowsAsync<TargetException>(() => LaunchAsync("no-such-command"));

        Assert.Equal(TargetError.LaunchFailed, exception.Error);
        Assert.Equal("Cannot start no-such-command: no such file, here or in PATH.", exception.Message);
    }

    [Theory]
    [InlineData("exit 0", "sh exited with code 0 before")]
    [InlineData("exit 7", "sh exited with code 7 before")]
    [InlineData(TargetProcess.UntilWatched + "; kill -9 $$", "sh was terminated by signal 9 before")]
    public async Task A_command_without_dotnet_in_it(string script, string message)
    {
        var exception = await Assert.ThrowsAsync<TargetException>(() => LaunchAsync("sh", "-c", script));

        Assert.Equal(TargetError.NeverConnected, exception.Error);
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_that_is_given_up_ends_the_command_and_leaves_nothing_behind()
    {
        using var folder = new ScratchFolder();
        var pidFile = folder.File("pid");
        using var impatience = new CancellationTokenSource();
        var launch = Target.LaunchAsync(["sh", "-c", $"echo $$ > {pidFile}.new; echo $DOTNET_DiagnosticPorts >> {pidFile}.new; mv {pidFile}.new {pidFile}; exec sleep 600"], CommandStreams.Hidden, impatience.Token);
        while (!File.Exists(pidFile))
            await Task.Delay(20, Token);

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);

        var lines = await File.ReadAllLinesAsync(pidFile, Token);
        while (LinuxProcess.Open(int.Parse(lines[0])) is { IsZombie: false })
            await Task.Delay(20, Token);
        Assert.False(Directory.Exists(Path.GetDirectoryName(lines[1].Split(',')[0])));
    }

    [Fact]
    public async Task A_runtime_that_connects_to_a_port_is_accepted()
    {
        using var folder = new ScratchFolder();
        var port = folder.File("port");
        var connecting = Target.ConnectAsync(port, Patience, Token);
        using var idle = ChildProcess.Start(["dotnet", Idle, "exit", "3"], ("DOTNET_DiagnosticPorts", port));

        await using (var target = await connecting.WaitAsync(Patience, Token))
        {
            Assert.Equal(idle.Id, target.ProcessId);
            Assert.True(target.IsSuspended);
            Assert.False(target.IsLaunched);
            await target.ResumeAsync(Token);
            Assert.Equal(new TargetExit(3, null), await target.Exit.WaitAsync(Patience, Token));
        }

        Assert.False(File.Exists(port));
    }

    [Fact]
    public async Task A_runtime_whose_own_port_is_unreachable_is_used_over_the_connections_that_it_makes()
    {
        using var folder = new ScratchFolder();
        var port = folder.File("port");
        var connecting = Target.ConnectAsync($"{port},listen", Patience, Token);
        // Without a temporary folder the runtime has no default port.
        using var idle = ChildProcess.Start(["dotnet", Idle, "sleep", "600"], ("DOTNET_DiagnosticPorts", port), ("TMPDIR", "/nowhere"));
        try
        {
            await using var target = await connecting.WaitAsync(Patience, Token);
            Assert.Equal(idle.Id, target.ProcessId);
            Assert.Equal("Idle", target.Description.Name);
            await target.ResumeAsync(Token);
            Assert.Equal("ready", await idle.StandardOutput.ReadLineAsync(Token));
            await TargetAttachTests.AssertAnswersAsync(target);
        }
        finally
        {
            idle.Kill();
        }
    }

    [Fact]
    public async Task A_port_at_which_another_process_listens_is_not_taken_over()
    {
        await using var other = await DiagnosticPortListener.StartAsync();

        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.ConnectAsync(other.Address, Patience, Token));

        Assert.Equal(TargetError.PortUnavailable, exception.Error);
        Assert.True(File.Exists(other.Address));
    }

    [Fact]
    public async Task A_port_in_a_folder_that_does_not_exist()
    {
        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.ConnectAsync("/nowhere/port", Patience, Token));

        Assert.Equal(TargetError.PortUnavailable, exception.Error);
        Assert.StartsWith("Cannot listen on /nowhere/port: ", exception.Message, StringComparison.Ordinal);
    }

    private static Task<Target> LaunchAsync(params string[] command) => Target.LaunchAsync(command, CommandStreams.Hidden, Token);
}
