namespace Memtrace.Bench;

/// <summary>How long after its start a recorder has the first allocations in the file, beside a target that allocates 1 GB/s.</summary>
internal sealed class FirstEventsBenchmark(int rounds, ScratchFolder folder)
{
    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(rounds, [.. Tool.All.Select(tool => new Variant<Delays>(tool.Name, () => MeasureAsync(tool)))]);
        var peer = variants[^1];
        var table = new MarkdownTable(
            $"`collect`: from its start to the first allocations in the file (medians of {rounds} rounds; aim: 100 ms)",
            "recorder", "first byte ms", "first allocations ms", "first allocations, ratio");
        foreach (var variant in variants)
        {
            var ratio = variant.Median(delays => delays.Allocations) / peer.Median(delays => delays.Allocations);
            table.Add(variant.Name, variant.Describe(delays => delays.FirstByte), variant.Describe(delays => delays.Allocations), $"{ratio:F2}");
        }

        return table.ToString();
    }

    /// <summary>Uses a new target each time: a second session in a process starts faster than the first.</summary>
    private async Task<Delays> MeasureAsync(Tool tool)
    {
        var file = folder.NewFile();
        using var target = await KnownTarget.StartBusyAsync(KnownTarget.GigabytePerSecond);
        using var recorder = await Recorder.StartAsync(tool, target.Id, file);
        var firstByte = recorder.Elapsed;
        await recorder.WaitForAllocationsAsync();
        var allocations = recorder.Elapsed;
        await recorder.StopAsync();
        File.Delete(file);
        return new Delays(firstByte.TotalMilliseconds, allocations.TotalMilliseconds);
    }

    /// <summary>Milliseconds since the recorder's start.</summary>
    private readonly record struct Delays(double FirstByte, double Allocations);
}
