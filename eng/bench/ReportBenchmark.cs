using System.Diagnostics;

namespace Memtrace.Bench;

/// <summary>How fast a recording is read: one file, made by dotnet-trace, so that both tools can read all of it.</summary>
internal sealed class ReportBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    public async Task<string> RunAsync()
    {
        var file = await RecordAsync();
        var megabytes = new FileInfo(file).Length / 1e6;
        var times = Tool.All.Select(_ => new Samples()).ToList();
        var peaks = Tool.All.Select(_ => new Samples()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < Tool.All.Count; index++)
            {
                var (elapsed, peak) = await MeasureAsync(Tool.All[index], file);
                times[index].Add(elapsed.TotalSeconds);
                peaks[index].Add(peak);
            }
        }

        var table = new MarkdownTable(
            $"`report` of a gc-verbose recording of {megabytes:F1} MB (medians of {rounds} rounds)",
            "tool", "seconds", "MB/s", "speed", "peak RSS MiB");
        for (var index = Tool.All.Count - 1; index >= 0; index--)
        {
            var median = times[index].Median;
            table.Add(Tool.All[index].Name, $"{median:F2}", $"{megabytes / median:F0}", $"{times[^1].Median / median:F2}", $"{peaks[index].Median / (1 << 20):F0}");
        }

        return table.ToString();
    }

    /// <summary>As much as the target can allocate in the time: the largest file that it gives.</summary>
    private async Task<string> RecordAsync()
    {
        var file = folder.NewFile();
        using var target = await KnownTarget.StartAsync("--seconds", $"{seconds}");
        using var recorder = await Recorder.StartAsync(Tool.DotnetTrace, target.Id, file);
        await target.GoAsync();
        await recorder.StopAsync();
        return file;
    }

    private static async Task<(TimeSpan Elapsed, double PeakRss)> MeasureAsync(Tool tool, string file)
    {
        // dotnet-trace converts first and would find the converted file the next time.
        File.Delete(Path.ChangeExtension(file, ".etlx"));
        File.Delete(file + ".etlx");
        var clock = Stopwatch.StartNew();
        using var process = new Child(tool.Command, tool.Report(file));
        var peak = await process.WaitAsync();
        return (clock.Elapsed, peak);
    }
}
