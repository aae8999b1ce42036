using System.Diagnostics;
using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Testing.Tests.Examples;

/// <summary>The examples of docs/library.md and of the package's README, run.</summary>
[Slow]
public sealed class LibraryExamples : IDisposable
{
    private static List<byte[]>? _kept;

    private readonly ScratchFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    public LibraryExamples() => Environment.CurrentDirectory = _folder.Path;

    [Fact]
    public void Measure_your_own_code()
    {
        using var measurement = MemoryMeasurement.Start();
        DoWork();
        var memory = measurement.Stop();

        Console.WriteLine($"allocated {memory.AllocatedBytes}, peak RSS {memory.Rss?.PeakBytes}, peak GC heap {memory.GcHeap.PeakBytes}");
        foreach (var site in memory.Allocations!.Sites.Take(5))
            Console.WriteLine($"{site.Allocated.Bytes:F0} ± {site.Allocated.ErrorBytes:F0} {site.Type} {site.Site?.Place}");

        Assert.InRange(memory.AllocatedBytes, 10 << 20, 12 << 20);
        Assert.EndsWith(nameof(DoWork), memory.Allocations.Sites[0].Site!.Method);
    }

    [Fact]
    public async Task Work_that_throws_or_awaits()
    {
        var run = await MemoryMeasurement.RunAsync(() => LoadOrdersAsync());
        Console.WriteLine($"allocated {run.Memory.AllocatedBytes}, {run.Exception?.Message ?? "succeeded"}");
        var orders = run.Value; // throws the exception of the work, if any

        Assert.Equal(3, orders.Length);
    }

    [Fact]
    public void Current_memory()
    {
        var now = MemoryMeasurement.Current;
        Console.WriteLine($"RSS {now.RssBytes}, GC heap {now.GcHeapBytes}, allocated since the start {now.AllocatedBytes}");

        Assert.True(now.RssBytes > now.GcHeapBytes);
    }

    [Fact]
    public void Without_diagnostics()
    {
        var memory = MemoryMeasurement.Run(DoWork, new MeasurementOptions { Detail = MeasurementDetail.Totals }).Memory;

        Assert.InRange(memory.AllocatedBytes, 10 << 20, 12 << 20);
    }

    [Fact]
    public async Task Record_and_analyse()
    {
        using var process = ChildProcess.Start(TargetPrograms.Command("Idle", "sleep", "60"));
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var processId = process.Id;
        try
        {
            using var stop = new CancellationTokenSource();
            var options = new RecordingOptions("app.nettrace") { Duration = TimeSpan.FromSeconds(2), Live = true };
            var result = await MemoryRecorder.RecordAsync(MemoryTarget.ById(processId), options, stop.Token);
            Console.WriteLine($"{result.File}: {result.End.Reason}");

            Assert.Equal(EndReason.Duration, result.End.Reason);
            Analyze();
            await WatchAsync(processId);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void Compare_and_export()
    {
        var before = MemoryMeasurement.Run(() => { }).Memory.Profile!;
        var after = MemoryMeasurement.Run(DoWork).Memory.Profile!;

        var comparison = MemoryRecording.Compare(before, after);
        foreach (var change in comparison.By(ComparisonMetric.Allocated)!.Sites.Where(site => site.Change.Significant))
            Console.WriteLine($"{change.Type} {change.Site?.Place}: {change.Change.Difference:F0}");
        MemoryExport.Write(after, ExportFormat.Html, "after.html");

        Assert.Contains(comparison.By(ComparisonMetric.Allocated)!.Sites, site => site.Change.Significant && site.Site?.Method.EndsWith(nameof(DoWork), StringComparison.Ordinal) == true);
        Assert.True(File.Exists("after.html"));
    }

    [Fact]
    public async Task Take_heap_snapshots()
    {
        using (var snapshot = await MemorySnapshot.TakeAsync(MemoryTarget.Self))
            snapshot.Save("before.memsnap");
        DoWork();
        using var after = await MemorySnapshot.TakeAsync(MemoryTarget.Self);
        using var before = MemorySnapshot.Open("before.memsnap");
        foreach (var change in MemorySnapshot.Compare(before.Analyze(), after.Analyze()).Types.Take(5))
            Console.WriteLine($"{change.Path[0]}: {change.ObjectsDifference} objects");
        foreach (var path in after.FindPaths(MemorySnapshot.NameOf(typeof(byte[]))).Take(1))
            Console.WriteLine(string.Join(" -> ", path.Path.Select(step => step.Name)));

        Assert.True(after.Analyze().Types.Single(type => type.Type == "System.Byte[]").Bytes > 10 << 20);
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
        _kept = null;
    }

    private static void Analyze()
    {
        var profile = MemoryRecording.Open("app.nettrace").Analyze();
        Console.WriteLine($"{profile.Process.Name}: peak RSS {profile.Memory.Rss?.PeakBytes}");
        foreach (var finding in profile.Findings)
            Console.WriteLine(finding.Title);

        Assert.Equal("Idle", profile.Process.Name);
    }

    private static async Task WatchAsync(int processId)
    {
        await foreach (var profile in MemoryMonitor.WatchAsync(MemoryTarget.ById(processId), TimeSpan.FromSeconds(1)))
        {
            Console.WriteLine($"RSS {profile.Memory.Rss?.CurrentBytes}, allocated {profile.Allocations.Total.Bytes:F0}");
            if (profile.Recording.DurationSeconds > 2)
                break;
        }
    }

    private static void DoWork()
    {
        _kept = [];
        for (var i = 0; i < 10; i++)
            _kept.Add(new byte[1 << 20]);
    }

    private static async Task<int[]> LoadOrdersAsync()
    {
        await Task.Yield();
        return [1, 2, 3];
    }
}
