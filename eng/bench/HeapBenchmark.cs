using System.Globalization;

namespace Memtrace.Bench;

/// <summary>
/// A snapshot of the heap by this tool, its analysis included, and by dotnet-gcdump, which collects only: the tools' time, memory and file, and what the
/// target pays. Each snapshot has its own process, since the first one leaves the most behind.
/// </summary>
internal sealed class HeapBenchmark(int rounds, ScratchFolder folder)
{
    private static readonly int[] MillionsOfObjects = [1, 3, 10];
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"A snapshot of the heap beside dotnet-gcdump (medians of {rounds} rounds; ours with its analysis)",
            "million objects", "command", "wall ms", "CPU ms", "peak RSS MB", "target's growth MB", "longest stall ms", "file MB", "ratios: wall, peak RSS, growth, stall");
        foreach (var millions in MillionsOfObjects)
        {
            var variants = await Variant.MeasureInTurnsAsync(
                rounds,
                Snapshot("dotnet-memtrace heap --events", millions, Tool.Memtrace.Command, (process, file) => ["heap", "-p", process, "--events", "--yes", "-o", $"{file}.memsnap"]),
                Snapshot("dotnet-gcdump collect", millions, Tool.DotnetGcdump, (process, file) => ["collect", "-p", process, "-o", $"{file}.gcdump", "-t", "600"]));
            foreach (var variant in variants)
                table.Add([$"{millions}", variant.Name, .. Figures(variant), Ratios(variant, variants[^1])]);
        }

        return table.ToString();
    }

    private Variant<Result> Snapshot(string name, int millions, string command, Func<string, string, string[]> arguments) => new(name, async () =>
    {
        using var target = await GraphTarget.StartAsync("--objects", $"{millions}000000");
        await Task.Delay(SettlingTime);
        var process = new LinuxProcess(target.Id);
        var before = process.Rss;
        await target.WatchStallsAsync();
        var stem = folder.NewFile();
        var usage = await Child.RunAsync(command, arguments(target.Id.ToString(CultureInfo.InvariantCulture), stem));
        var stall = await target.LongestStallAsync();
        var file = Directory.GetFiles(Path.GetDirectoryName(stem)!, Path.GetFileName(stem) + "*").Single();
        var bytes = new FileInfo(file).Length;
        File.Delete(file);
        return new Result(usage, process.PeakRss - before, stall, bytes);
    });

    private static IEnumerable<string> Figures(Variant<Result> variant) =>
    [
        variant.Describe(result => result.Usage.Seconds * 1000),
        variant.Describe(result => result.Usage.CpuSeconds * 1000),
        $"{variant.Median(result => result.Usage.PeakRss) / 1e6:F0}",
        $"{variant.Median(result => result.Growth) / 1e6:F0}",
        variant.Describe(result => result.StallMs),
        $"{variant.Median(result => result.FileBytes) / 1e6:F1}",
    ];

    private static string Ratios(Variant<Result> variant, Variant<Result> reference)
    {
        return string.Join(", ", Ratio(result => result.Usage.Seconds), Ratio(result => result.Usage.PeakRss), Ratio(result => result.Growth), Ratio(result => result.StallMs));

        string Ratio(Func<Result, double> figure) => $"{variant.Median(figure) / reference.Median(figure):F2}";
    }

    /// <summary>What a snapshot cost.</summary>
    private sealed record Result(Usage Usage, double Growth, double StallMs, long FileBytes);
}
