using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Memtrace.Tool.Tests.Machine;

namespace Memtrace.Tool.Tests.Watch;

/// <summary><c>watch</c> against real processes.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class WatchTests : IDisposable
{
    private const long Limit = 300L << 20;

    private readonly CaptureFolder _folder = new();

    private string Saved => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_leak_that_ends_in_an_OOM_kill_leaves_a_recording_and_a_heap_snapshot_that_names_the_field()
    {
        using var group = MemoryGroup.Create(Limit);
        using var leaky = await TargetProcess.StartAsync(
            group.Around(TargetPrograms.Command("Leaky", "--rate", "1")), ("DOTNET_GCHeapHardLimit", "0x40000000"), TargetProcess.CompilesOnce);

        using var watch = _folder.Watch("-p", $"{leaky.Id}", "--when", "rss > 80% of limit", "--when", "oom-kill", "--max-pause", "1m");
        await CaptureFolder.WaitAsync(() => Directory.Exists(Saved) && Directory.GetFiles(Saved, "*.memsnap").Length > 0);
        var run = await watch.EndAsync();

        run.HasExitCode(0);
        Assert.Contains("killed by the OOM killer", run.Error, StringComparison.Ordinal);
        var rules = _folder.Index.Select(capture => (capture.GetProperty("kind").GetString(), capture.GetProperty("rule").GetString()));
        Assert.Equal(
            [("heap", "rss > 80% of limit"), ("recording", "rss > 80% of limit"), ("recording", "oom-kill")],
            rules.OrderByDescending(capture => capture.Item2, StringComparer.Ordinal).ThenBy(capture => capture.Item1, StringComparer.Ordinal));

        var heap = await Tool.RunAsync("heap", Assert.Single(Directory.GetFiles(Saved, "*.memsnap")));
        heap.HasExitCode(0);
        Assert.Contains("OrderCache", heap.Output, StringComparison.Ordinal);
        var last = _folder.Index.Single(capture => capture.GetProperty("rule").GetString() == "oom-kill").GetProperty("file").GetString()!;
        RecordingAssert.IsWhole(Path.Combine(Saved, last), "outOfMemory");
        var report = await Tool.RunAsync("report", Path.Combine(Saved, last), "--width", "400");
        Assert.Contains($"dotnet-memtrace heap {Assert.Single(Directory.GetFiles(Saved, "*.memsnap"))}", report.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"-p {leaky.Id}", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restarted_process_is_watched_again()
    {
        // No other test's process has this name.
        var name = $"Hoard{Environment.ProcessId}";
        using var copy = new ScratchFolder();
        string[] command = [TargetPrograms.CopyAs("Hoard", name, copy), "timers", "--megabytes", "1"];
        using var watch = _folder.Watch("--all", "--filter", $"^{name}$", "--when", "rss > 1MB", "--when", "exit", "--do", "recording after 0s", "--cool-down", "0s");
        for (var run = 1; run <= 2; run++)
        {
            using var program = await TargetProcess.StartAsync(command);
            await CaptureFolder.WaitAsync(() => Directory.Exists(Saved) && Directory.GetFiles(Saved, $"*_{program.Id}.nettrace").Length == 1);
            program.Signal("KILL");
            await CaptureFolder.WaitAsync(() => Directory.GetFiles(Saved, $"*_{program.Id}*.nettrace").Length == 2);
        }

        (await watch.EndAsync("TERM")).HasExitCode(0);
    }

    [Fact]
    public async Task A_single_evaluation_acts_and_reports_it_by_its_exit_code()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await _folder.Watch("-p", $"{leaky.Id}", "--once", "--when", "rss > 1MB", "--do", $"run printf '%s %s' $MEMTRACE_PID \"$MEMTRACE_RULE\" > {_folder.File("facts")}").EndAsync();

        run.HasExitCode(6);
        Assert.Equal($"{leaky.Id} rss > 1MB", await File.ReadAllTextAsync(_folder.File("facts"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_watcher_that_cannot_start_leaves_no_folder()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var leaky = await TargetProcess.LeakyAsync();

        var gone = await _folder.Watch("-p", $"{int.MaxValue}").EndAsync();
        var occupied = await _folder.Watch("-p", $"{leaky.Id}", "--listen", $"{taken.LocalEndpoint}").EndAsync();

        gone.HasExitCode(ExitCode.SessionCreationError);
        occupied.HasExitCode(ExitCode.TracingError);
        Assert.False(Directory.Exists(Saved));
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_does_nothing()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await _folder.Watch("-p", $"{leaky.Id}", "--once", "--when", "rss > 1TB").EndAsync();

        run.HasExitCode(0);
        Assert.Empty(_folder.Index);
    }

    [Fact]
    public async Task A_snapshot_that_could_pause_for_too_long_is_not_taken()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await _folder.Watch("-p", $"{leaky.Id}", "--once", "--when", "rss > 1MB", "--do", "heap", "--max-pause", "1ms").EndAsync();

        run.HasExitCode(6);
        Assert.Contains("heap snapshot: not taken: it could stop the process", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Index);
    }

    [Theory]
    [InlineData("watch", "--when", "rss > 1GB")]
    [InlineData("watch", "-p", "1", "--when", "nonsense")]
    [InlineData("watch", "-p", "1", "--when", "exit", "--do", "nonsense")]
    [InlineData("watch", "-p", "1", "--when", "exit", "--config", "file")]
    [InlineData("watch", "-p", "1", "--when", "allocation > 1GB/s")]
    [InlineData("watch", "-p", "1", "--when", "finding managed-leak")]
    [InlineData("watch", "-p", "1", "--filter", "x")]
    [InlineData("watch", "-p", "1", "--config", "/nowhere/at/all")]
    public async Task Wrong_arguments_are_refused(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);

        run.HasExitCode(3);
        Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
    }
}
