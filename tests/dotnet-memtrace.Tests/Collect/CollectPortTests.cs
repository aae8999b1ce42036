using Memtrace.Profiles;
using Memtrace.Analysis;

namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect --diagnostic-port</c>, and runtimes that wait at their start.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectPortTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Port => _folder.File("port");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_runtime_connects_to_the_port_and_is_resumed()
    {
        using var tool = Start("--diagnostic-port", Port, "--resume-runtime");
        await PortAsync();
        using var idle = TargetProcess.Run(TargetPrograms.Command("Idle", "exit", "3"), ("DOTNET_DiagnosticPorts", Port));

        var run = await tool.EndAsync();

        run.HasExitCode(0);
        Assert.StartsWith("The process exited with code 3: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, await idle.EndAsync());
        var profile = RecordingAssert.IsWhole(_folder.Recording, "targetExited");
        Assert.Equal(idle.Id, profile.Process.Id);
        Assert.False(File.Exists(Port));
    }

    [Fact]
    public async Task The_tool_connects_to_a_runtime_that_listens()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunAsync("collect", "--dport", $"{leaky.DiagnosticSocket},connect", "-o", _folder.Recording, "--duration", "0.5");

        run.HasExitCode(0);
        Assert.Equal(leaky.Id, RecordingAssert.IsWhole(_folder.Recording, "duration").Process.Id);
    }

    [Fact]
    public async Task An_ordinary_file_is_refused_as_a_port_and_kept()
    {
        await File.WriteAllTextAsync(Port, "precious", TestContext.Current.CancellationToken);

        var run = await Tool.RunAsync("collect", "--diagnostic-port", Port, "-o", _folder.Recording);

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal($"error: Cannot listen on {Port}: the file exists and is not a socket. Choose another path.\n", run.Error);
        Assert.Equal("precious", await File.ReadAllTextAsync(Port, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stream_that_is_damaged_ends_the_recording_there()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var proxy = new SpoilingProxy(Port, leaky.DiagnosticSocket);
        using var tool = Start("--dport", $"{Port},connect");
        await tool.RecordsAsync(_folder.Recording, profile => profile.Recording.AllocationSamples > 0);
        proxy.Spoil();

        var run = await tool.EndAsync();

        run.HasExitCode(2);
        Assert.Contains("The process's event stream is damaged (", run.Error, StringComparison.Ordinal);
        var profile = RecordingAnalysis.Analyze(_folder.Recording, new AnalysisOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(EndReason.StreamDamaged, profile.Recording.EndReason);
        Assert.True(profile.Recording.Complete);
        Assert.True(profile.Allocations.Total.Samples > 0);
    }

    [Fact]
    public async Task A_runtime_that_waits_at_its_own_port_is_resumed_if_asked_for()
    {
        using var idle = TargetProcess.Run(TargetPrograms.Command("Idle", "exit", "4"), ("DOTNET_DefaultDiagnosticPortSuspend", "1"));
        await RuntimeAsync(idle);

        var run = await Tool.RunAsync("collect", "-p", $"{idle.Id}", "--resume-runtime", "-o", _folder.Recording);

        run.HasExitCode(0);
        Assert.Equal(4, await idle.EndAsync());
        RecordingAssert.IsWhole(_folder.Recording, "targetExited");
    }

    [Fact]
    public async Task A_runtime_that_waits_and_is_not_resumed_records_nothing()
    {
        using var tool = Start("--diagnostic-port", Port);
        await PortAsync();
        using var idle = TargetProcess.Run(TargetPrograms.Command("Idle", "exit", "5"), ("DOTNET_DiagnosticPorts", Port));
        await RuntimeAsync(idle);
        await SessionsAsync(idle);

        var run = await tool.EndAsync("INT");

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal(
            $"error: Nothing was recorded: process {idle.Id} has not started to run. If it is waiting for a diagnostic tool, add --resume-runtime.\n", run.Error);
        Assert.False(File.Exists(_folder.Recording));

        // Nothing else refers to it, so it continues when the tool exits.
        Assert.Equal(5, await idle.EndAsync());
    }

    [Fact]
    public async Task A_runtime_that_sends_nothing_does_not_outlive_the_duration()
    {
        using var idle = TargetProcess.Run(TargetPrograms.Command("Idle", "exit", "6"), ("DOTNET_DefaultDiagnosticPortSuspend", "1"));
        await RuntimeAsync(idle);

        var run = await Tool.RunAsync("collect", "-p", $"{idle.Id}", "-o", _folder.Recording, "--duration", "1");

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Contains($"Nothing was recorded: process {idle.Id} has not started to run.", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Recording));
    }

    [Fact]
    public async Task No_runtime_connects_to_the_port()
    {
        using var tool = Start("--diagnostic-port", Port);
        await PortAsync();

        var run = await tool.EndAsync("INT");

        run.HasExitCode(ExitCode.Cancelled);
        Assert.Equal("error: Cancelled before the recording started.\n", run.Error);
        Assert.False(File.Exists(Port));
    }

    [Fact]
    public async Task No_runtime_listens_at_the_port()
    {
        var run = await Tool.RunAsync("collect", "--dport", $"{Port},connect", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.Equal("error: The process at the diagnostic port has no diagnostic socket at that path.\n", run.Error);
    }

    private RunningTool Start(params string[] arguments) => Tool.Start(["collect", "-o", _folder.Recording, .. arguments]);

    private async Task PortAsync()
    {
        while (!File.Exists(Port))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until the tool has its sessions, for the recording and for names: each is a connection that lasts.</summary>
    private static async Task SessionsAsync(TargetProcess target)
    {
        while (File.ReadLines("/proc/net/unix").Count(line => line.EndsWith(target.DiagnosticSocket, StringComparison.Ordinal) && line.Contains(" 03 ", StringComparison.Ordinal)) < 2)
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static async Task RuntimeAsync(TargetProcess target)
    {
        while (!File.Exists(target.DiagnosticSocket))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
