namespace Memtrace.Bench;

/// <summary>How fast recordings of <c>collect --live</c> are read, and with how much memory: one of mostly samples, one of mostly survivors.</summary>
internal sealed class LiveReportBenchmark(int rounds, Recordings recordings)
{
    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(
            rounds, Read("samples", await recordings.LiveAsync()), Read("survivors", await recordings.LiveHeapAsync()));
        return UsageTable.Create(
            $"`report` of 100 MB `--live` (medians of {rounds} rounds; aim: 250 MB/s, 80 MB)", variants, variants[0]);
    }

    private static Variant<Usage> Read(string name, string file) => new(name, () => Tool.Memtrace.ReportAsync(file));
}
