namespace Memtrace.Bench;

/// <summary>
/// What a recording costs: the target's throughput and processor time, untouched and under each recorder, at several rates of allocation, and the
/// recorder's own processor time and resident set. The variants take turns within a round, so that the machine's moods meet all of them.
/// </summary>
internal sealed class OverheadBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    private static readonly (string Name, string[] Arguments)[] Rates =
    [
        ("0.1 GB/s", ["--rate", "100"]),
        ("1 GB/s", ["--rate", "1000"]),
        ("unpaced", []),
    ];

    public async Task<string> RunAsync()
    {
        var target = new MarkdownTable(
            $"The target under a recorder (medians of {rounds} rounds of {seconds} s; ratios to the untouched target)",
            "rate", "recorder", "GB/s", "throughput", "CPU s a GB", "CPU");
        var recorder = new MarkdownTable("The recorder itself (same runs)", "rate", "recorder", "CPU, % of a core", "peak RSS MiB", "file MB/s");

        foreach (var (name, arguments) in Rates)
        {
            var variants = await MeasureAsync([.. arguments, "--seconds", $"{seconds}"]);
            var untouched = variants[0];
            foreach (var variant in variants)
            {
                target.Add(
                    name,
                    variant.Name,
                    $"{variant.BytesPerSecond.Median / 1e9:F3}",
                    $"{variant.BytesPerSecond.Median / untouched.BytesPerSecond.Median:F3}",
                    $"{variant.CpuPerGigabyte.Median:F3}",
                    $"{variant.CpuPerGigabyte.Median / untouched.CpuPerGigabyte.Median:F3}");
            }

            foreach (var variant in variants.Skip(1))
                recorder.Add(name, variant.Name, $"{variant.RecorderCpu.Median:P1}", $"{variant.RecorderRss.Median / (1 << 20):F0}", $"{variant.FileRate.Median / 1e6:F2}");
        }

        return $"{target}\n{recorder}";
    }

    private async Task<IReadOnlyList<Variant>> MeasureAsync(string[] arguments)
    {
        var variants = new List<Variant> { new(null), new(Tool.Memtrace), new(Tool.DotnetTrace) };
        for (var round = 0; round < rounds; round++)
        {
            foreach (var variant in variants)
                await MeasureAsync(variant, arguments);
        }

        return variants;
    }

    private async Task MeasureAsync(Variant variant, string[] arguments)
    {
        using var target = await KnownTarget.StartAsync(arguments);
        if (variant.Tool is null)
        {
            variant.Add(await target.GoAsync());
            return;
        }

        var file = folder.NewFile();
        using var recorder = await Recorder.StartAsync(variant.Tool, target.Id, file);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var cpu = recorder.CpuSeconds;
        var result = await target.GoAsync();
        variant.Add(result);
        variant.RecorderCpu.Add((recorder.CpuSeconds - cpu) / result.Seconds);
        variant.RecorderRss.Add(recorder.PeakRss);
        await recorder.StopAsync();
        variant.FileRate.Add(new FileInfo(file).Length / result.Seconds);
        File.Delete(file);
    }

    private sealed record Variant(Tool? Tool)
    {
        public string Name => Tool?.Name ?? "none";

        public Samples BytesPerSecond { get; } = new();

        public Samples CpuPerGigabyte { get; } = new();

        public Samples RecorderCpu { get; } = new();

        public Samples RecorderRss { get; } = new();

        public Samples FileRate { get; } = new();

        public void Add(TargetResult result)
        {
            BytesPerSecond.Add(result.BytesPerSecond);
            CpuPerGigabyte.Add(result.CpuSecondsPerGigabyte);
        }
    }
}
