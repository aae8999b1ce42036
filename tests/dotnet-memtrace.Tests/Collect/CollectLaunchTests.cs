using Memtrace.Processes;

namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect -- COMMAND</c>: the command is recorded from its start to its end.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectLaunchTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_exit_code_is_passed_on_and_the_report_is_shown()
    {
        var run = await CollectAsync(TargetPrograms.Command("Idle", "exit", "7"));

        run.HasExitCode(7);
        Assert.StartsWith($"The process exited with code 7: {_folder.Recording} (", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("Process    Idle (", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ready", run.Output, StringComparison.Ordinal);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "targetExited");
        Assert.Equal("exit code 7", profile.Recording.EndDetail);
        Assert.Equal($"dotnet {TargetPrograms.Path("Idle")} exit 7", profile.Process.CommandLine);
    }

    [Fact]
    public async Task A_quiet_run_says_only_how_it_ended()
    {
        var run = await CollectAsync(TargetPrograms.Command("Idle", "exit", "0"), "--quiet");

        run.HasExitCode(0);
        Assert.Empty(run.Output);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_command_has_the_terminal_if_asked_for()
    {
        var run = await CollectAsync(TargetPrograms.Command("Idle", "exit", "0"), "--show-child-io", "--quiet");

        Assert.Equal("ready\n", run.Output);
    }

    [Fact]
    public async Task Of_a_shell_with_two_programs_the_first_is_recorded_and_the_second_runs()
    {
        var second = _folder.File("second");

        var run = await CollectAsync(["sh", "-c", $"dotnet {TargetPrograms.Path("Idle")} exit 4; dotnet {TargetPrograms.Path("Idle")} exit 5 > {second}; exit $?"]);

        run.HasExitCode(5);
        Assert.Equal("ready\n", await File.ReadAllTextAsync(second, Token));
        Assert.Equal("exit code 4", RecordingAssert.IsWhole(_folder.Recording, "targetExited").Recording.EndDetail);
    }

    [Fact]
    public async Task A_program_that_starts_another_does_not_make_it_wait()
    {
        var run = await CollectAsync(TargetPrograms.Command("Idle", ["parent", .. TargetPrograms.Command("Idle", "exit", "6")]), "--show-child-io", "--quiet");

        run.HasExitCode(6);
        Assert.Equal("ready\nchild 6\n", run.Output);
        RecordingAssert.IsWhole(_folder.Recording, "targetExited");
    }

    [Fact]
    public async Task A_program_that_the_recorded_one_starts_is_named_with_the_command_that_records_it()
    {
        // Of this number of seconds there is no other.
        string[] child = TargetPrograms.Command("Idle", "sleep", $"600.{Environment.ProcessId}");
        using var tool = Start(TargetPrograms.Command("Idle", ["parent", .. child]));
        while (!DotnetProcesses.List().Any(process => process.CommandLine == string.Join(' ', child) && process.Obstacle is null))
            await Task.Delay(50, Token);

        var run = await tool.EndAsync("INT");

        run.HasExitCode(0);
        Assert.Contains("Idle (", run.Error, StringComparison.Ordinal);
        Assert.Contains($"dotnet-memtrace collect -- {string.Join(' ', child)}\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_of_the_SDK_gives_a_warning()
    {
        var run = await CollectAsync(["dotnet", "run", "--project", "/nowhere.csproj"]);

        Assert.StartsWith("warning: 'dotnet run' is a command of the SDK", run.Error, StringComparison.Ordinal);
        Assert.Contains("Its standard error ended with:\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_output_of_a_program_that_fails_at_once_is_shown()
    {
        var run = await CollectAsync(["sh", "-c", "echo no such thing >&2; exit 3"]);

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal("error: sh exited with code 3 before a .NET runtime started in it. Its standard error: no such thing\n", run.Error);
    }

    [Fact]
    public async Task A_killed_program_gives_the_code_that_a_shell_would()
    {
        var (setting, value) = TargetProcess.CompilesOnce;
        using var tool = Start(["sh", "-c", $"echo $$ > {_folder.File("pid")}; {setting}={value} exec dotnet {TargetPrograms.Path("Leaky")} --seconds 60"]);
        await tool.RecordsSamplesAsync(_folder.Recording);
        Signals.Send(await ChildAsync(), "KILL");

        var run = await tool.EndAsync();

        run.HasExitCode(137);
        Assert.StartsWith("The process was killed by SIGKILL: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("signal 9", RecordingAssert.IsWhole(_folder.Recording, "targetKilled").Recording.EndDetail);
    }

    [Fact]
    public async Task The_program_ends_with_its_recording()
    {
        using var tool = Start(["sh", "-c", $"echo $$ > {_folder.File("pid")}; exec dotnet {TargetPrograms.Path("Leaky")} --seconds 60"]);
        await tool.RecordsAsync(_folder.Recording);

        var run = await tool.EndAsync("TERM");

        run.HasExitCode(0);
        Assert.StartsWith("Stopped: ", run.Error, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "stopped");
        await Signals.GoneAsync(await ChildAsync());
    }

    [Fact]
    public async Task A_second_interrupt_leaves_at_once_and_ends_the_program()
    {
        var temporary = Directory.CreateDirectory(_folder.File("t")).FullName;
        string[] command = ["sh", "-c", $"echo $$ > {_folder.File("pid")}; exec dotnet {TargetPrograms.Path("Leaky")} --seconds 60"];
        using var tool = Tool.Start(["collect", "-o", _folder.Recording, "--", .. command], new Dictionary<string, string> { ["TMPDIR"] = temporary });
        await tool.RecordsAsync(_folder.Recording);
        var child = await ChildAsync();
        Signals.Send(child, "STOP");

        var run = await tool.InterruptUntilEndAsync();

        run.HasExitCode(130);
        RecordingAssert.IsReadable(_folder.Recording);
        await Signals.GoneAsync(child);
        Assert.Empty(Directory.GetDirectories(temporary, "memtrace-*"));
    }

    [Fact]
    public async Task A_program_whose_recording_cannot_be_written_is_not_started()
    {
        // Nobody, not even root, creates files in /proc.
        var run = await Tool.RunAsync("collect", "-o", "/proc/x.nettrace", "--", "sh", "-c", $"echo $$ > {_folder.File("pid")}; exec dotnet {TargetPrograms.Path("Leaky")} --seconds 60");

        run.HasExitCode(ExitCode.TracingError);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(_folder.File("pid")));
    }

    [Theory]
    [InlineData("sleep 0.1", "sleep exited with code 0 before a .NET runtime started in it. Is it a .NET program, and are diagnostics enabled (DOTNET_EnableDiagnostics)?")]
    [InlineData("no-such-program", "Cannot start no-such-program: no such file, here or in PATH.")]
    [InlineData("/etc/passwd", "Cannot start /etc/passwd: the file is not executable by this user.")]
    public async Task A_program_that_is_not_dotnet_is_refused(string command, string message)
    {
        var run = await CollectAsync(command.Split(' '));

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal($"error: {message}\n", run.Error);
        Assert.Empty(run.Output);
        Assert.False(File.Exists(_folder.Recording));
    }

    [Fact]
    public async Task A_program_that_ends_by_a_signal_before_its_runtime_starts()
    {
        var run = await CollectAsync(["sh", "-c", $"{TargetProcess.UntilWatched}; kill -9 $$"]);

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.StartsWith("error: sh was terminated by signal 9 before a .NET runtime started in it", run.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> CollectAsync(string[] command, params string[] options) =>
        Tool.RunAsync(["collect", "-o", _folder.Recording, .. options, "--", .. command]);

    private RunningTool Start(string[] command) => Tool.Start(["collect", "-o", _folder.Recording, "--", .. command]);

    private async Task<int> ChildAsync() => int.Parse(await File.ReadAllTextAsync(_folder.File("pid"), Token));
}
