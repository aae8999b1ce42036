namespace Memtrace.Bench;

/// <summary>What <c>convert</c> takes compared with <c>report</c> of the same recording.</summary>
internal sealed class ConvertBenchmark(int rounds, Recordings recordings, ScratchFolder folder)
{
    public async Task<string> RunAsync() =>
        $"{await MeasureAsync("120 MB gc-verbose", await recordings.GcVerboseAsync())}\n{await MeasureAsync("100 MB `--live`", await recordings.LiveAsync())}";

    private async Task<string> MeasureAsync(string kind, string file)
    {
        var report = new Variant<Usage>("report", () => Tool.Memtrace.ReportAsync(file));
        var variants = await Variant.MeasureInTurnsAsync(rounds, report, Convert(file, "html"), Convert(file, "pprof"));
        return UsageTable.Create($"`convert` of {kind} (medians of {rounds} rounds; aim: 1.5 of `report`)", variants, report);
    }

    private Variant<Usage> Convert(string file, string format)
    {
        var output = folder.NewFile();
        return new($"convert {format}", () => Tool.Memtrace.ReadAsync(file, "convert", file, "--format", format, "--output", output, "--force"));
    }
}
