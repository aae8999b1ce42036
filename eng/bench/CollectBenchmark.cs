namespace Memtrace.Bench;

/// <summary>What a recorder uses from its start to its end, beside a target that allocates 1 GB/s.</summary>
internal sealed class CollectBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(rounds, [.. Tool.All.Select(tool => new Variant<Usage>(tool.Name, () => RecordAsync(tool)))]);
        return UsageTable.Create(
            $"`collect` at 1 GB/s for {seconds} s (medians of {rounds} rounds; aim: CPU 0.6, peak RSS 0.75 of dotnet-trace's)", variants, variants[^1]);
    }

    private async Task<Usage> RecordAsync(Tool tool)
    {
        var file = folder.NewFile();
        using var target = await KnownTarget.StartBusyAsync(KnownTarget.GigabytePerSecond);
        using var recorder = await Recorder.StartAsync(tool, target.Id, file);
        await Task.Delay(TimeSpan.FromSeconds(seconds) - recorder.Elapsed);
        var usage = await recorder.StopAsync();
        File.Delete(file);
        return usage;
    }
}
