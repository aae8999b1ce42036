namespace Memtrace.Bench;

/// <summary>What a recording costs the target: its throughput and processor time, untouched and under each recorder, at several rates of allocation.</summary>
internal sealed class OverheadBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    private static readonly (string Name, string[] Arguments)[] Rates =
    [
        ("0.1 GB/s", ["--rate", "100"]),
        ("1 GB/s", KnownTarget.GigabytePerSecond),
        ("unpaced", []),
    ];

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"The target under a recorder (medians of {rounds} rounds of {seconds} s; ratios to the untouched target; aim: no worse than dotnet-trace)",
            "rate", "recorder", "GB/s", "throughput", "CPU s a GB", "CPU");
        foreach (var (name, arguments) in Rates)
        {
            var variants = await MeasureAsync([.. arguments, "--seconds", $"{seconds}"]);
            foreach (var variant in variants)
                table.Add([name, variant.Name, .. Compare(variant, variants[0])]);
        }

        return table.ToString();
    }

    private static IEnumerable<string> Compare(Variant<TargetResult> variant, Variant<TargetResult> untouched)
    {
        var bytes = variant.Median(result => result.BytesPerSecond);
        var cpu = variant.Median(result => result.CpuSecondsPerGigabyte);
        return
        [
            $"{bytes / 1e9:F3}",
            $"{bytes / untouched.Median(result => result.BytesPerSecond):F3}",
            $"{cpu:F3}",
            $"{cpu / untouched.Median(result => result.CpuSecondsPerGigabyte):F3}",
        ];
    }

    private Task<IReadOnlyList<Variant<TargetResult>>> MeasureAsync(string[] arguments) =>
        Variant.MeasureInTurnsAsync(
            rounds,
            [
                new Variant<TargetResult>("none", () => MeasureUntouchedAsync(arguments)),
                .. Tool.All.Select(tool => new Variant<TargetResult>(tool.Name, () => MeasureAsync(tool, arguments))),
            ]);

    private static async Task<TargetResult> MeasureUntouchedAsync(string[] arguments)
    {
        using var target = await KnownTarget.StartAsync(arguments);
        return await target.GoAsync();
    }

    private async Task<TargetResult> MeasureAsync(Tool tool, string[] arguments)
    {
        using var target = await KnownTarget.StartAsync(arguments);
        return await Recorder.RecordAsync(tool, target.Id, folder, SettlingTime, target.GoAsync);
    }
}
