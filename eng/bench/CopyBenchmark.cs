using System.Globalization;

namespace Memtrace.Bench;

/// <summary>
/// The ways to learn what is on the heap of a running process: by a copy of its memory, by events, with dotnet-gcdump, and by a core dump that dotnet-dump takes and
/// reads. Then a core dump, read by this tool and by dotnet-dump.
/// </summary>
internal sealed class CopyBenchmark(int rounds, ScratchFolder folder, int? millions, string? only)
{
    private const int ArrayMegabytes = 4000;
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    private IEnumerable<Load> Loads => All.Where(load => only is null || load.Name.Contains(only, StringComparison.Ordinal));

    private IEnumerable<Load> All => millions is { } count
        ? [Load.Objects(count)]
        : [Load.Objects(1), Load.Objects(3), Load.Objects(10), new Load($"{ArrayMegabytes / 1000} GB of arrays", ["--arrays", $"{ArrayMegabytes}"])];

    public async Task<string> RunAsync()
    {
        var snapshots = new MarkdownTable(
            $"A snapshot of a running process (medians of {rounds} rounds; ours with its analysis; memory with that of child processes)",
            "heap", "command", "ms", "own memory, MB", "longest stall, ms", "ratios to dotnet-gcdump: time, memory", "stall, of events'");
        var dumps = new MarkdownTable($"Types in a core dump (medians of {rounds} rounds)", "heap", "command", "ms", "own memory, MB", "speed, of dotnet-dump's");
        foreach (var load in Loads)
        {
            AddSnapshots(snapshots, load, await MeasureAsync(load));
            AddDumps(dumps, load, await ReadDumpAsync(load));
        }

        return $"{snapshots}\n{dumps}";
    }

    private async Task<IReadOnlyList<Variant<Result>>> MeasureAsync(Load load) => await Variant.MeasureInTurnsAsync(
        rounds,
        Snapshot("heap --copy", load, (process, file) => Child.RunAsync(Tool.Memtrace.Command, "heap", "-p", process, "--copy", "--yes", "-o", $"{file}.memsnap")),
        Snapshot("heap --events", load, (process, file) => Child.RunAsync(Tool.Memtrace.Command, "heap", "-p", process, "--events", "--yes", "-o", $"{file}.memsnap")),
        Snapshot("dotnet-gcdump collect", load, (process, file) => Child.RunAsync(Tool.DotnetGcdump, "collect", "-p", process, "-o", $"{file}.gcdump", "-t", "600")),
        Snapshot("dotnet-dump collect, dumpheap -stat", load, DumpAndReadAsync));

    private static async Task<Usage> DumpAndReadAsync(string process, string file)
    {
        var taken = await Child.RunAsync(Tool.DotnetDump, "collect", "-p", process, "--type", "Heap", "-o", $"{file}.core");
        var read = await StatisticsAsync($"{file}.core");
        return new Usage(taken.Seconds + read.Seconds, taken.CpuSeconds + read.CpuSeconds, Math.Max(taken.PeakRss, read.PeakRss));
    }

    private static Task<Usage> StatisticsAsync(string core) => Child.RunAsync(Tool.DotnetDump, "analyze", core, "-c", "dumpheap -stat", "-c", "exit");

    private Variant<Result> Snapshot(string name, Load load, Func<string, string, Task<Usage>> take) => new(name, async () =>
    {
        using var target = await GraphTarget.StartAsync(load.Arguments);
        await Task.Delay(SettlingTime);
        var stem = folder.NewFile();
        await target.WatchStallsAsync();
        var usage = await take(target.Id.ToString(CultureInfo.InvariantCulture), stem);
        var stall = await target.LongestStallAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(stem)!, Path.GetFileName(stem) + "*"))
            File.Delete(file);
        return new Result(usage, stall);
    });

    private async Task<IReadOnlyList<Variant<Usage>>> ReadDumpAsync(Load load)
    {
        var core = folder.NewFile() + ".core";
        using (var target = await GraphTarget.StartAsync(load.Arguments))
            await Child.RunAsync(Tool.DotnetDump, "collect", "-p", target.Id.ToString(CultureInfo.InvariantCulture), "--type", "Heap", "-o", core);
        var variants = await Variant.MeasureInTurnsAsync(
            rounds,
            new Variant<Usage>("heap CORE", () => Child.RunAsync(Tool.Memtrace.Command, "heap", core, "--view", "types")),
            new Variant<Usage>("heap CORE --no-references", () => Child.RunAsync(Tool.Memtrace.Command, "heap", core, "--no-references", "--view", "types")),
            new Variant<Usage>("dotnet-dump analyze, dumpheap -stat", () => StatisticsAsync(core)));
        File.Delete(core);
        return variants;
    }

    private static void AddSnapshots(MarkdownTable table, Load load, IReadOnlyList<Variant<Result>> variants)
    {
        var (events, gcdump) = (variants[1], variants[2]);
        foreach (var variant in variants)
        {
            table.Add(
                load.Name,
                variant.Name,
                variant.Describe(result => result.Usage.Seconds * 1000),
                $"{variant.Median(result => result.Usage.PeakRss) / 1e6:F0}",
                variant.Describe(result => result.StallMs),
                $"{Ratio(variant, gcdump, result => result.Usage.Seconds)}, {Ratio(variant, gcdump, result => result.Usage.PeakRss)}",
                Ratio(variant, events, result => result.StallMs));
        }
    }

    private static void AddDumps(MarkdownTable table, Load load, IReadOnlyList<Variant<Usage>> variants)
    {
        foreach (var variant in variants)
        {
            table.Add(
                load.Name, variant.Name, variant.Describe(usage => usage.Seconds * 1000), $"{variant.Median(usage => usage.PeakRss) / 1e6:F0}", Ratio(variants[^1], variant, usage => usage.Seconds));
        }
    }

    private static string Ratio<T>(Variant<T> variant, Variant<T> reference, Func<T, double> figure) => $"{variant.Median(figure) / reference.Median(figure):F2}";

    /// <summary>What a snapshot cost.</summary>
    private sealed record Result(Usage Usage, double StallMs);

    /// <summary>What is on the heap.</summary>
    private sealed record Load(string Name, string[] Arguments)
    {
        public static Load Objects(int millions) => new($"{millions} M objects", ["--objects", $"{millions}000000"]);
    }
}
