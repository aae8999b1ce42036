using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;
using Memtrace.Tool.Tests.Machine;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>Heap snapshots beside recordings, and both read together.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectHeapTests : IDisposable
{
    private const string Order = "Leaky.Order";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Of the tracked objects so many may be missing: they died unobserved, and their memory was reused. They count for almost nothing (docs/live-heap.md).</summary>
    private const double MostMissing = 0.1, LeastShare = 0.98;

    private readonly ScratchFolder _folder = new();

    private string Start => _folder.Recording.Replace(".nettrace", ".start.memsnap", StringComparison.Ordinal);

    private string End => _folder.Recording.Replace(".nettrace", ".end.memsnap", StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task One_sentence_says_what_leaks_who_allocates_it_and_who_holds_it(string serverGc)
    {
        using var leaky = await TargetProcess.StartAsync(TargetPrograms.Command("Leaky"), ("DOTNET_gcServer", serverGc));

        var run = await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--leak", "14s", "--max-pause", "1m");

        run.HasExitCode(0);
        Assert.Contains("Heap snapshot at the start: the process will be paused", run.Error, StringComparison.Ordinal);
        Assert.Contains($"heap {End} --recording {_folder.Recording}", run.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal((Private, Private), (File.GetUnixFileMode(Start), File.GetUnixFileMode(End)));
        AssertSentence(run.Output);
        AssertSentence((await Tool.RunAsync("report", _folder.Recording)).Output);

        var (before, after) = (await HeapAsync(Start), await HeapAsync(End, "--recording", _folder.Recording));
        AssertFound(after.GetProperty("recording"));
        AssertOrders(after, AmountOf(before), AmountOf(after));
        await AssertConvertedAsync();
        await AssertRedactedAsync();
    }

    [Fact]
    public async Task Snapshots_do_not_need_survival_data()
    {
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-end", "--duration", "1s");

        run.HasExitCode(0);
        Assert.Equal((false, true), (File.Exists(Start), File.Exists(End)));
        Assert.Equal(1, RecordingAssert.IsWhole(_folder.Recording, "duration").Collections.Induced);
        var report = await Tool.RunAsync("report", _folder.Recording, "--heap", End);
        report.HasExitCode(ExitCode.TracingError);
        Assert.Contains("which objects survive", report.Error, StringComparison.Ordinal);
        var beside = await Tool.RunAsync("report", _folder.Recording, "--width", "400");
        beside.HasExitCode(0);
        Assert.Contains($"dotnet-memtrace heap {End}", beside.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_of_another_process_is_refused()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var other = await TargetProcess.IdleAsync();
        (await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--live", "--gc-at-end", "--duration", "1s")).HasExitCode(0);
        (await Tool.RunAsync("heap", "-p", $"{other.Id}", "--events", "--yes", "-o", End)).HasExitCode(0);

        var explicitly = await Tool.RunAsync("heap", End, "--recording", _folder.Recording);
        var beside = await Tool.RunAsync("report", _folder.Recording);

        explicitly.HasExitCode(ExitCode.TracingError);
        Assert.Contains($"the snapshot is of process {other.Id}", explicitly.Error, StringComparison.Ordinal);
        beside.HasExitCode(0);
        Assert.Contains($"the snapshot is of process {other.Id}", beside.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_way_is_refused_before_the_recording_starts()
    {
        File.WriteAllText(End, "");
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-end", "--duration", "1s");

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains($"{End} exists", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Recording));
    }

    [Fact]
    public async Task A_stopped_process_is_recorded_without_a_snapshot()
    {
        using var target = await TargetProcess.IdleAsync();
        using var tool = Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-end");
        await tool.RecordsAsync(_folder.Recording);
        await target.StopAsync();

        var run = await tool.EndAsync("INT");

        run.HasExitCode(0);
        Assert.Contains("No heap snapshot at the end", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(End));
        (await Tool.RunAsync("report", _folder.Recording)).HasExitCode(0);
    }

    [Fact]
    public async Task Without_headroom_in_the_container_the_recording_goes_on_without_snapshots()
    {
        using var group = MemoryGroup.Create(48 << 20);
        using var target = await TargetProcess.StartAsync(group.Around(TargetPrograms.Command("Idle")));

        var run = await Tool.RunAsync("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-start", "--heap-at-end", "--duration", "1s", "--buffersize", "1");

        run.HasExitCode(0);
        foreach (var moment in new[] { "start", "end" })
            Assert.Matches($@"No heap snapshot at the {moment}: The container of the process has [\d.]+ MiB left below its limit, but the snapshot may need [\d.]+ MiB", run.Error);
        Assert.Equal((false, false), (File.Exists(Start), File.Exists(End)));
        Assert.Equal(0, RecordingAssert.IsWhole(_folder.Recording, "duration").Collections.Induced);
        var heap = await Tool.RunAsync("heap", "-p", $"{target.Id}", "--events", "--yes");
        heap.HasExitCode(ExitCode.TracingError);
        Assert.Matches(@"has [\d.]+ MiB left below its limit.*--no-references, or take the risk with --force", heap.Error);
        (await Tool.RunAsync("heap", "-p", $"{target.Id}", "--events", "--yes", "--force")).HasExitCode(0);
    }

    [Fact]
    public async Task Ctrl_C_during_the_snapshot_at_the_start_ends_the_recording()
    {
        using var target = await LargeAsync();
        using var tool = Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-start");
        await tool.SaysAsync("Heap snapshot at the start: the process will be paused");

        var run = await tool.EndAsync("INT");

        AssertStopped(run, "No heap snapshot at the start: the recording was stopped.", Start);
        (await Tool.RunAsync("heap", "-p", $"{target.Id}", "--yes")).HasExitCode(0);
    }

    [Fact]
    public async Task Ctrl_C_after_the_one_that_ended_the_recording_cancels_the_snapshot_at_the_end()
    {
        using var target = await LargeAsync();
        using var tool = Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-end");
        await tool.RecordsAsync(_folder.Recording);
        tool.Signal("INT");
        await tool.SaysAsync("Heap snapshot at the end: the process will be paused");

        var run = await tool.EndAsync("INT");

        AssertStopped(run, "No heap snapshot at the end: it was cancelled.", End);
    }

    [Fact]
    public async Task A_process_that_ends_during_the_snapshot_leaves_a_whole_recording()
    {
        using var target = await LargeAsync();
        using var tool = Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-end", "--duration", "1s");
        await tool.SaysAsync("Heap snapshot at the end: the process will be paused");
        Signals.Send(target.Id, "KILL");

        var run = await tool.EndAsync();

        run.HasExitCode(0);

        // The recording or the snapshot notices it first.
        Assert.Matches($"No heap snapshot at the end: (Process {target.Id} .*has exited|the process exited or closed its event stream)", run.Error);
        Assert.False(File.Exists(End));
        (await Tool.RunAsync("report", _folder.Recording)).HasExitCode(0);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_saved_leaves_nothing_but_the_recording()
    {
        using var target = await LargeAsync();
        using var tool = Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--heap-at-start", "--duration", "1s", "--no-breakdown");
        await tool.SaysAsync("Heap snapshot at the start: the process will be paused");
        Directory.CreateDirectory(Start);

        var run = await tool.EndAsync();

        run.HasExitCode(0);
        Assert.Contains("The heap snapshot at the start cannot be saved: ", run.Error, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.Equal([Start, _folder.Recording], Directory.GetFileSystemEntries(Path.GetDirectoryName(Start)!).OrderByDescending(name => name == Start));
    }

    /// <summary>A program whose snapshot takes long enough to be interrupted.</summary>
    private static Task<TargetProcess> LargeAsync() => TargetProcess.StartAsync(TargetPrograms.Command("Graph", "--objects", "2000000"));

    private void AssertStopped(CommandResult run, string message, string snapshot)
    {
        run.HasExitCode(0);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(snapshot));
        RecordingAssert.IsWhole(_folder.Recording, "stopped");
    }

    private static void AssertSentence(string output)
    {
        var leak = string.Join(' ', output.Split('\n').SkipWhile(line => !line.StartsWith("Leak ", StringComparison.Ordinal)).TakeWhile(line => line.Length > 0).Select(line => line.Trim()));
        Assert.Matches(@"Leak +Leaking: grows \d.*: Leaky\.Order allocated in Leaky\.OrderGenerator\.Next \(OrderGenerator\.cs:\d+\), held by .*OrderCache", leak);
    }

    private async Task AssertConvertedAsync()
    {
        var json = await OutputAsync("convert", _folder.Recording, "--format", "json", "-o", "-");
        using var document = JsonDocument.Parse(json);
        Assert.Contains(document.RootElement.GetProperty("growth").EnumerateArray(), site => site.GetProperty("heldBy").GetString()?.Contains("Leaky.OrderCache", StringComparison.Ordinal) == true);
        var page = await OutputAsync("convert", _folder.Recording, "--format", "html", "--heap", End, "-o", "-");
        Assert.Matches("\"held by\".*OrderCache._orders -", page);
        var other = await Tool.RunAsync("convert", _folder.Recording, "--format", "speedscope", "--heap", End, "-o", "-");
        other.HasExitCode(ExitCode.ArgumentError);
        Assert.Contains("--heap requires --format html or json", other.Error, StringComparison.Ordinal);
    }

    // The page's own scripts have example names in their comments.
    private async Task AssertRedactedAsync()
    {
        string[][] outputs =
        [
            ["report", _folder.Recording],
            ["report", _folder.Recording, "--view", "growth"],
            ["report", _folder.Recording, "--view", "growth", "--format", "csv"],
            ["report", _folder.Recording, "--format", "json", "--heap", End],
            ["convert", _folder.Recording, "--format", "html", "-o", "-"],
            ["heap", End],
            ["heap", End, "--view", "roots", "--format", "csv"],
        ];
        foreach (var arguments in outputs)
            Assert.DoesNotMatch(@"(?i)\bleaky\b|OrderGenerator|_orders|\bRemember", await OutputAsync([.. arguments, "--redact"]));
        Assert.Matches(@"held by .*T\d+", await OutputAsync("report", _folder.Recording, "--view", "growth", "--redact"));
    }

    private static async Task<string> OutputAsync(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        run.HasExitCode(ExitCode.Ok);
        return run.Output;
    }

    private static void AssertFound(JsonElement recording)
    {
        var tracked = recording.GetProperty("trackedObjects").GetInt64();
        Assert.InRange(tracked, 50, long.MaxValue);
        var (found, reused) = (recording.GetProperty("foundObjects").GetInt64(), recording.GetProperty("reusedObjects").GetInt64());
        Assert.InRange(found, Math.Floor(tracked * (1 - MostMissing)) - 1, tracked);
        Assert.InRange(reused, 0, tracked - found);
        Assert.InRange(recording.GetProperty("foundShare").GetDouble(), LeastShare, 1);
    }

    /// <summary>No order is ever freed, so those that the snapshot at the end has beyond those of the start are those of the recording.</summary>
    private static void AssertOrders(JsonElement heap, (long Objects, long Bytes) before, (long Objects, long Bytes) after)
    {
        var suspect = Assert.Single(heap.GetProperty("suspects").EnumerateArray(), suspect => suspect.GetProperty("type").GetString() == Order);
        Assert.Contains("allocated in Leaky.OrderGenerator.Next (OrderGenerator.cs:", suspect.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.True(suspect.GetProperty("growthBytesPerSecond").GetDouble() > 0);
        var site = suspect.GetProperty("allocatedAt").EnumerateArray().Single(site => site.GetProperty("type").GetString() == Order);
        Assert.Equal("Leaky.OrderGenerator.Next", site.GetProperty("method").GetString());
        Assert.EndsWith("OrderGenerator.cs", site.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.InRange(site.GetProperty("line").GetInt32(), 10, 24);
        SamplingAgreement.Holds([(Order, SamplingAgreement.Deviation(site.GetProperty("bytes").GetDouble(), after.Bytes / after.Objects, after.Objects - before.Objects))]);
    }

    private static (long Objects, long Bytes) AmountOf(JsonElement heap)
    {
        var orders = heap.GetProperty("types").EnumerateArray().Single(item => item.GetProperty("type").GetString() == Order);
        return (orders.GetProperty("objects").GetInt64(), orders.GetProperty("bytes").GetInt64());
    }

    private static async Task<JsonElement> HeapAsync(string snapshot, params string[] options)
    {
        var run = await Tool.RunAsync(["heap", snapshot, "--format", "json", .. options]);
        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }
}
