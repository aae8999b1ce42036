using System.Text.Json;

namespace Memtrace.Bench;

/// <summary>
/// What it costs the target to learn what is alive in it: throughput, stalls and pauses on heaps of several sizes, untouched, under <c>collect</c>, under
/// <c>collect --live</c>, and while a heap dump is taken. A round has its own process, in which the variants take turns; the dump comes last, since
/// it leaves the most behind.
/// </summary>
internal sealed class LiveBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    /// <summary>GC, GCHeapDump, GCHeapCollect, GCHeapAndTypeNames and Type at Verbose: what dotnet-gcdump asks the runtime for, so the target's part is the same.</summary>
    private const string HeapDump = "Microsoft-Windows-DotNETRuntime:0x1980001:5";

    private static readonly int[] Megabytes = [50, 500, 2000];
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"What `--live` costs the target (medians of {rounds} rounds of {seconds} s)",
            "live MB", "recorder", "MB/s", "longest stall ms", "stalled ms/s", "longest pause ms", "paused ms/s", "background GCs/s", "stall, lowest-highest");
        foreach (var megabytes in Megabytes)
        {
            foreach (var variant in await MeasureAsync(megabytes))
                table.Add([$"{megabytes}", variant.Name, .. variant.Describe()]);
        }

        return table.ToString();
    }

    private async Task<IReadOnlyList<Variant>> MeasureAsync(int megabytes)
    {
        IReadOnlyList<Variant> variants =
        [
            new("none", target => target.GoAsync()),
            new(Tool.Memtrace.Name, target => RecordAsync(Tool.Memtrace, target)),
            new(Tool.MemtraceLive.Name, target => RecordAsync(Tool.MemtraceLive, target)),
            new("a heap dump", DumpAsync),
        ];
        for (var round = 0; round < rounds; round++)
        {
            using var target = await TargetProcess.StartAsync("HEAP", "--live-megabytes", $"{megabytes}", "--seconds", $"{seconds}");
            foreach (var variant in variants)
                await variant.MeasureAsync(target);
        }

        return variants;
    }

    private Task<JsonElement> RecordAsync(Tool tool, TargetProcess target) => Recorder.RecordAsync(tool, target.Id, folder, SettlingTime, target.GoAsync);

    /// <summary>One dump, in the middle of the work.</summary>
    private async Task<JsonElement> DumpAsync(TargetProcess target)
    {
        var result = target.GoAsync();
        await Task.Delay(SettlingTime);
        var file = folder.NewFile();
        using var dumper = new Child(
            Tool.DotnetTrace.Command, "collect", "--process-id", $"{target.Id}", "--output", file, "--providers", HeapDump, "--buffersize", "1024", "--duration", "00:00:02");
        await dumper.WaitAsync();
        File.Delete(file);
        return await result;
    }

    /// <param name="Name">What the table says.</param>
    /// <param name="RunAsync">Lets the target work under it.</param>
    private sealed record Variant(string Name, Func<TargetProcess, Task<JsonElement>> RunAsync)
    {
        private readonly List<JsonElement> _results = [];

        public async Task MeasureAsync(TargetProcess target) => _results.Add(await RunAsync(target));

        public IEnumerable<string> Describe()
        {
            var stalls = _results.ConvertAll(result => Number(result, "longestStallMs"));
            return
            [
                $"{Median("bytesPerSecond") / 1e6:F1}",
                $"{Median("longestStallMs"):F0}",
                $"{MedianRate("totalStallMs"):F0}",
                $"{Median("longestPauseMs"):F0}",
                $"{MedianRate("totalPauseMs"):F0}",
                $"{MedianRate("backgroundCollections"):F2}",
                $"{stalls.Min():F0}-{stalls.Max():F0}",
            ];
        }

        private double Median(string name) => new Samples(_results.Select(result => Number(result, name))).Median;

        private double MedianRate(string name) => new Samples(_results.Select(result => Number(result, name) / Number(result, "seconds"))).Median;

        private static double Number(JsonElement result, string name) => result.GetProperty(name).GetDouble();
    }
}
