using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Memtrace.Tool.Tests.Machine;

namespace Memtrace.Tool.Tests.Watch;

/// <summary>What goes wrong around <c>watch</c>: restarts, full disks, kills, storms, processes that hang.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class WatchFaultTests : IDisposable
{
    private const long Unlimited = 4L << 30;

    private readonly CaptureFolder _folder = new();

    private string Saved => _folder.Path;

    private string Facts => _folder.File("facts");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_that_restarts_ten_times_is_watched_each_time()
    {
        using var group = MemoryGroup.Create(Unlimited);
        using var watch = WatchGroup(group, "--when", "exit", "--when", "rss > 1MB", "--do", $"run echo $MEMTRACE_PID >> {Facts}", "--cool-down", "0s", "--per-hour", "100");
        var ids = new List<int>();
        var descriptors = new List<int>();
        for (var run = 1; run <= 10; run++)
        {
            using var program = await IdleAsync(group);
            ids.Add(program.Id);
            await CaptureFolder.WaitAsync(() => Acted().Count == (2 * run) - 1);
            program.Signal("KILL");
            await CaptureFolder.WaitAsync(() => Acted().Count == 2 * run);
            await CaptureFolder.WaitAsync(() => Lines(watch.Said(), "): killed") == run);
            descriptors.Add(watch.Descriptors);
        }

        var end = await watch.EndAsync("TERM");

        // Sockets and threads that end come and go, but each process takes more than 20.
        Assert.InRange(descriptors[^1], 0, descriptors[0] + 10);
        end.HasExitCode(0);
        Assert.Equal(ids.SelectMany(id => new[] { id, id }), Acted());
        Assert.All(ids, id => Assert.Contains($"({id}): killed", end.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_twenty_processes_one_hangs_and_a_storm_of_triggers_is_limited()
    {
        using var group = MemoryGroup.Create(Unlimited);
        var programs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IdleAsync(group)));
        try
        {
            programs[7].Signal("STOP");
            using var watch = WatchGroup(group, "--when", "rss > 1MB", "--do", $"run echo $MEMTRACE_PID >> {Facts}", "--cool-down", "0s", "--per-hour", "5", "--when", "exit");
            await CaptureFolder.WaitAsync(() => Lines(watch.Said(), "): watching") == 19 && Lines(watch.Said(), "Not watched: ") == 1);
            await CaptureFolder.WaitAsync(() => Acted().Count == 5 && Unacted(watch.Said()) == 14);
            foreach (var program in programs)
                program.Signal("KILL");
            await CaptureFolder.WaitAsync(() => Acted().Count == 10);

            var end = await watch.EndAsync("TERM");

            end.HasExitCode(0);
            Assert.Equal(19, Lines(end.Error, "): watching"));
            Assert.Equal(1, Lines(end.Error, "Not watched: "));
            Assert.Contains($"({programs[7].Id})", end.Error.Split('\n').Single(line => line.Contains("Not watched: ", StringComparison.Ordinal)), StringComparison.Ordinal);

            // Five for each of the two rules.
            Assert.Equal(14, Unacted(end.Error));
        }
        finally
        {
            Array.ForEach(programs, program => program.Dispose());
        }
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_full_disk_is_reported_and_leaves_nothing_unfinished()
    {
        var disk = Directory.CreateDirectory(Saved).FullName;
        (await ChildProcess.RunAsync(["mount", "-t", "tmpfs", "-o", "size=200k", "none", disk])).HasExitCode(0);
        try
        {
            using var program = await TargetProcess.LeakyAsync();
            using var watch = _folder.Watch(
                "-p", $"{program.Id}", "--when", "exit", "--do", "recording", "--do", $"run echo $MEMTRACE_PID >> {Facts}", "--when", "gc-heap > 1KB");

            // The size of the heap comes with an event: there is something to save.
            await watch.SaysAsync("gc-heap > 1KB: ");
            (await ChildProcess.RunAsync(["sh", "-c", $"head -c 1000000 /dev/zero > {disk}/filler; true"])).HasExitCode(0);
            program.Signal("KILL");

            var end = await watch.EndAsync();

            end.HasExitCode(0);
            Assert.Contains("recording failed: ", end.Error, StringComparison.Ordinal);
            Assert.Contains($"No space left on device ({disk}).", end.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(".tmp", end.Error, StringComparison.Ordinal);
            Assert.Equal([program.Id, program.Id], Acted());
            Assert.Empty(Directory.GetFiles(disk, "*.tmp"));
            Assert.Empty(_folder.Index);
        }
        finally
        {
            (await ChildProcess.RunAsync(["umount", disk])).HasExitCode(0);
        }
    }

    [Fact]
    public async Task An_action_that_the_end_of_watching_interrupts_says_so()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var program = await TargetProcess.IdleAsync();
        using var watch = _folder.Watch("-p", $"{program.Id}", "--when", "rss > 1MB", "--do", $"webhook http://{silent.LocalEndpoint}/");
        await watch.SaysAsync("rss > 1MB: rss is ");
        using var asked = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        watch.Signal("TERM");

        var end = await watch.EndAsync();

        end.HasExitCode(0);
        Assert.Contains("webhook failed: watching was stopped before it was done.", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_that_is_killed_while_it_saves_leaves_nothing_half_written()
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "300"));
        await KillWhileItSavesAsync(program);

        (await _folder.Watch("-p", $"{program.Id}", "--once", "--when", "rss > 1TB").EndAsync()).HasExitCode(0);

        Assert.Empty(Directory.GetFiles(Saved, "*.core*"));
        var recording = Assert.Single(Directory.GetFiles(Saved, "*.nettrace"));
        Assert.Equal([Path.GetFileName(recording)], _folder.Index.Select(capture => capture.GetProperty("file").GetString()));
        RecordingAssert.IsWhole(recording, "stopped");
    }

    /// <summary>Kills a watcher while there is an unfinished core dump; once more if that is finished first.</summary>
    private async Task KillWhileItSavesAsync(TargetProcess program)
    {
        do
        {
            if (Directory.Exists(Saved))
                Directory.Delete(Saved, recursive: true);
            using var watch = _folder.Watch("-p", $"{program.Id}", "--when", "rss > 1MB", "--do", "recording after 0s", "--do", "core", "--max-pause", "10m");
            await CaptureFolder.WaitAsync(() => Directory.Exists(Saved) && Directory.GetFiles(Saved, "*.core*").Length == 1);
            await watch.EndAsync("KILL");
        }
        while (Directory.GetFiles(Saved, "*.core").Length > 0);
    }

    private static int Lines(string text, string part) => text.Split('\n').Count(line => line.Contains(part, StringComparison.Ordinal));

    private static int Unacted(string text) =>
        text.Split('\n').Count(line => line.Contains("rss > 1MB: ", StringComparison.Ordinal) && line.Contains("no action: ", StringComparison.Ordinal));

    private static Task<TargetProcess> IdleAsync(MemoryGroup group) => TargetProcess.StartAsync(group.Around(TargetPrograms.Command("Idle")));

    private RunningTool WatchGroup(MemoryGroup group, params string[] arguments) => _folder.Watch(["--all", "--container", group.Name, .. arguments]);

    private List<int> Acted() => File.Exists(Facts)
        ? [.. File.ReadAllText(Facts).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))]
        : [];
}
