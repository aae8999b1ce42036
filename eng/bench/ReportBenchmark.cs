namespace Memtrace.Bench;

/// <summary>How fast both tools read a recording, and with how much memory.</summary>
internal sealed class ReportBenchmark(int rounds, Recordings recordings)
{
    public async Task<string> RunAsync()
    {
        var file = await recordings.GcVerboseAsync();
        var variants = await Variant.MeasureInTurnsAsync(
            rounds, [.. Tool.All.Select(tool => new Variant<Usage>(tool.Name, () => ReportAsync(tool, file)))]);
        return UsageTable.Create(
            $"`report` of 120 MB gc-verbose (medians of {rounds} rounds; aim: 0.1 of dotnet-trace's time, 40 MB)", variants, variants[^1]);
    }

    /// <summary>Removes the converted file that dotnet-trace leaves, since it would read that one the next time.</summary>
    private static async Task<Usage> ReportAsync(Tool tool, string file)
    {
        var usage = await tool.ReportAsync(file);
        File.Delete(file + ".etlx");
        return usage;
    }
}
