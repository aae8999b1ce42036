namespace Memtrace.Bench;

/// <summary>How the memory of <c>report</c> depends on the length of the recording.</summary>
internal sealed class LengthBenchmark(int rounds, Recordings recordings)
{
    private static readonly int[] Megabytes = [25, 100, 200, 400];

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"`report`: peak RSS by length of the recording (medians of {rounds} rounds; aim: constant beyond 100 MB)",
            ["recording", .. Megabytes.Select(length => $"{length} MB")]);
        table.Add(["collect", .. await MeasureAsync(await recordings.LongAsync(Megabytes))]);
        table.Add(["collect --live", .. await MeasureAsync(await recordings.LongLiveHeapAsync(Megabytes))]);
        return table.ToString();
    }

    private async Task<IEnumerable<string>> MeasureAsync(IReadOnlyList<string> files)
    {
        var variants = await Variant.MeasureInTurnsAsync(
            rounds, [.. files.Select(file => new Variant<Usage>(file, () => Tool.Memtrace.ReportAsync(file)))]);
        return variants.Select(variant => $"{variant.Median(usage => usage.PeakRss) / 1e6:F1} MB");
    }
}
