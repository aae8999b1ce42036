namespace Memtrace.Bench;

/// <summary>
/// What <c>watch</c> uses: beside one process that allocates 1 GB/s, beside one that does next to nothing, where dotnet-counters is measured, too, and beside ten,
/// idle to busy.
/// </summary>
internal sealed class WatchBenchmark(int rounds, int seconds, ScratchFolder folder)
{
    private static readonly string[] Quiet = ["--rate", "1", "--threads", "1"];

    /// <summary>Ten processes, as a machine has them: most do little.</summary>
    private static readonly string[][] Ten =
    [
        .. Enumerable.Repeat(Quiet, 8), ["--rate", "10", "--threads", "1"], ["--rate", "50", "--threads", "1"],
    ];

    /// <summary>The tool compiles its code in the first half minute where it is not a native binary.</summary>
    private readonly TimeSpan _warmUp = TimeSpan.FromSeconds(Math.Min(30, seconds / 3));

    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(
            rounds,
            new Variant<Cost>("`watch`, one process at 1 GB/s", () => MeasureAsync(Watch, KnownTarget.GigabytePerSecond)),
            new Variant<Cost>("`watch`, one process at 1 MB/s", () => MeasureAsync(Watch, Quiet)),
            new Variant<Cost>("`dotnet-counters collect`, one process at 1 MB/s", () => MeasureAsync(Counters, Quiet)),
            new Variant<Cost>("`watch`, ten processes at 1 to 50 MB/s", () => MeasureAsync(Watch, Ten)));
        var table = new MarkdownTable(
            $"`watch` for {seconds} s (medians of {rounds} rounds; aim: 0.5% of a core and 40 MB for one process, 20 MB for each other, flat)",
            "", $"CPU after {_warmUp.TotalSeconds} s, % of a core", "RSS MB at a quarter of the time", "RSS MB at the end", "peak RSS MB");
        foreach (var variant in variants)
        {
            table.Add(
                variant.Name,
                $"{variant.Median(cost => cost.Cpu):P2}",
                $"{variant.Median(cost => cost.RssAtQuarter) / 1e6:F1}",
                $"{variant.Median(cost => cost.Rss) / 1e6:F1}",
                $"{variant.Median(cost => cost.PeakRss) / 1e6:F1}");
        }

        return table.ToString();
    }

    // A name of its own for each run, because only one watcher uses a directory. No other process of the machine is watched.
    private Child Watch(IReadOnlyList<KnownTarget> targets)
    {
        var directory = folder.NewFile();
        return targets.Count == 1
            ? new Child(Tool.Memtrace.Command, "watch", "--process-id", $"{targets[0].Id}", "--directory", directory)
            : new Child(Tool.Memtrace.Command, "watch", "--name", "Known", "--directory", directory);
    }

    private Child Counters(IReadOnlyList<KnownTarget> targets) =>
        new(Tool.DotnetCounters, "collect", "--process-id", $"{targets[0].Id}", "--refresh-interval", "1", "--output", folder.NewFile());

    private async Task<Cost> MeasureAsync(Func<IReadOnlyList<KnownTarget>, Child> start, params string[][] targets)
    {
        var started = await Task.WhenAll(targets.Select(arguments => KnownTarget.StartBusyAsync(arguments)));
        try
        {
            using var child = start(started);
            return await MeasureAsync(child);
        }
        finally
        {
            foreach (var target in started)
                target.Dispose();
        }
    }

    private async Task<Cost> MeasureAsync(Child child)
    {
        var output = child.Output.ReadToEndAsync();
        var watcher = new LinuxProcess(child.Id);
        await WaitUntilAsync(child, _warmUp);
        var cpu = watcher.CpuSeconds;
        await WaitUntilAsync(child, TimeSpan.FromSeconds(seconds / 4.0));
        var rssAtQuarter = watcher.Rss;
        await WaitUntilAsync(child, TimeSpan.FromSeconds(seconds));
        var cost = new Cost((watcher.CpuSeconds - cpu) / (child.Elapsed - _warmUp).TotalSeconds, rssAtQuarter, watcher.Rss, watcher.PeakRss);

        // How it ends does not matter: dotnet-counters does not end with 0 after an interrupt.
        Child.SendInterrupt(child.Id);
        await output;
        return cost;
    }

    private static async Task WaitUntilAsync(Child child, TimeSpan time)
    {
        if (time - child.Elapsed is var left && left > TimeSpan.Zero)
            await Task.Delay(left);

        if (child.HasExited)
            throw new InvalidOperationException($"The watcher ended early. {child.Errors}");
    }

    private readonly record struct Cost(double Cpu, double RssAtQuarter, double Rss, double PeakRss);
}
