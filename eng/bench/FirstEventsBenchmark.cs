namespace Memtrace.Bench;

/// <summary>How long after its start a recorder has the first events in the file, beside a target that allocates 1 GB/s.</summary>
internal sealed class FirstEventsBenchmark(int rounds, ScratchFolder folder)
{
    /// <summary>More than the header and the metadata of a session without events.</summary>
    private const long LengthWithEvents = 4096;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(rounds, [.. Tool.All.Select(tool => new Variant<Delays>(tool.Name, () => MeasureAsync(tool)))]);
        var peer = variants[^1];
        var table = new MarkdownTable(
            $"`collect`: from its start to the first events in the file (medians of {rounds} rounds; aim: 100 ms)",
            "recorder", "first byte ms", "4 KiB ms", "4 KiB, ratio");
        foreach (var variant in variants)
        {
            var ratio = variant.Median(delays => delays.Events) / peer.Median(delays => delays.Events);
            table.Add(variant.Name, variant.Describe(delays => delays.FirstByte), variant.Describe(delays => delays.Events), $"{ratio:F2}");
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
        await recorder.WaitForAsync(LengthWithEvents, Limit);
        var events = recorder.Elapsed;
        await recorder.StopAsync();
        File.Delete(file);
        return new Delays(firstByte.TotalMilliseconds, events.TotalMilliseconds);
    }

    /// <summary>Milliseconds since the recorder's start.</summary>
    private readonly record struct Delays(double FirstByte, double Events);
}
