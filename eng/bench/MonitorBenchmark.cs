namespace Memtrace.Bench;

/// <summary>What <c>monitor</c> uses beside a target that allocates 1 GB/s, on a screen of 120 x 40 and with lines of text into a pipe.</summary>
internal sealed class MonitorBenchmark(int rounds, int seconds)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The tool compiles its code in the first half minute where it is not a native binary.</summary>
    private readonly TimeSpan _warmUp = TimeSpan.FromSeconds(Math.Min(30, seconds / 3));

    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(
            rounds, new Variant<Cost>("screen", () => MeasureAsync(StartOnScreen, child => new LinuxProcess(child.Id).OnlyChild)),
            new Variant<Cost>("text", () => MeasureAsync(StartWithText, child => new LinuxProcess(child.Id))));
        var table = new MarkdownTable(
            $"`monitor` at 1 GB/s for {seconds} s (medians of {rounds} rounds; aim: 1.2% of a core, 50 MB)",
            "output", $"CPU after {_warmUp.TotalSeconds} s, % of a core", "RSS MB after 1 min", "RSS MB at the end", "peak RSS MB");
        foreach (var variant in variants)
        {
            table.Add(
                variant.Name,
                $"{variant.Median(cost => cost.Cpu):P2}",
                seconds < Minute.TotalSeconds ? "" : $"{variant.Median(cost => cost.RssAfterMinute) / 1e6:F1}",
                $"{variant.Median(cost => cost.Rss) / 1e6:F1}",
                $"{variant.Median(cost => cost.PeakRss) / 1e6:F1}");
        }

        return table.ToString();
    }

    /// <summary>In the terminal that script makes, which has a size only once it is given one.</summary>
    private static Child StartOnScreen(int target) =>
        new("script", "--quiet", "--return", "--command", $"export TERM=xterm-256color; stty cols 120 rows 40; exec '{Tool.Memtrace.Command}' monitor -p {target}", "/dev/null");

    private static Child StartWithText(int target) => new(Tool.Memtrace.Command, "monitor", "--process-id", $"{target}", "--format", "text");

    private async Task<Cost> MeasureAsync(Func<int, Child> start, Func<Child, LinuxProcess> find)
    {
        using var target = await KnownTarget.StartBusyAsync(KnownTarget.GigabytePerSecond);
        using var child = start(target.Id);
        var end = child.WaitAsync();
        await WaitUntilAsync(child, _warmUp);
        var monitor = find(child);
        var cpu = monitor.CpuSeconds;
        await WaitUntilAsync(child, Minute);
        var rssAfterMinute = monitor.Rss;
        await WaitUntilAsync(child, TimeSpan.FromSeconds(seconds));
        var share = (monitor.CpuSeconds - cpu) / (child.Elapsed - _warmUp).TotalSeconds;
        var cost = new Cost(share, rssAfterMinute, monitor.Rss, monitor.PeakRss);
        Child.SendInterrupt(monitor.Id);
        await end;
        return cost;
    }

    /// <summary>Returns at a time after the child's start, or at the end of the measurement if that is earlier.</summary>
    private async Task WaitUntilAsync(Child child, TimeSpan time)
    {
        var left = TimeSpan.FromSeconds(Math.Min(time.TotalSeconds, seconds)) - child.Elapsed;
        if (left > TimeSpan.Zero)
            await Task.Delay(left);

        if (child.HasExited)
            throw new InvalidOperationException($"monitor ended early. {child.Errors}");
    }

    private readonly record struct Cost(double Cpu, double RssAfterMinute, double Rss, double PeakRss);
}
