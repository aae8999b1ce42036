using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Monitoring;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>
/// The header of a live view: the process, its memory, its collections, the view's overhead, and caveats. A line lists facts in order of importance. A fact
/// that does not fit is left out entirely, because a truncated figure would be a different figure.
/// </summary>
/// <param name="page">The destination.</param>
internal sealed class MonitorHeader(ReportPage page)
{
    private const int LabelWidth = 9;
    private const int FigureWidth = 12;
    private const int BarWidth = 20;
    private const int MinCurveWidth = 8;
    private const string CaveatMark = "! ";

    /// <summary>From this terminal height on there is room for the generations and for more caveats.</summary>
    private const int TallHeight = 30;

    /// <summary>The number of lines.</summary>
    public static int Height(MonitorState state)
    {
        using var canvas = new ScreenCanvas(state.Width, ScreenStyle.Plain);
        new MonitorHeader(canvas.Page).Write(state);
        return canvas.Lines.Count;
    }

    /// <summary>Writes the header.</summary>
    public void Write(MonitorState state)
    {
        if (state.Update is not { } update)
        {
            page.Line(new TextRun("Waiting for the process to respond.", Theme.Title));
            return;
        }

        var profile = update.Profile;
        WriteProcess(update, state.IsPaused);
        WriteRss(profile.Memory.Rss, update.Recent);
        var committed = $"committed {ByteSize.FormatKnown(profile.Memory.GcCommitted?.CurrentBytes)}";
        Line("GC heap", ByteSize.FormatKnown(update.GcHeapBytes), [committed, .. Live(profile)]);
        if (state.Height >= TallHeight && update.Generations is { } sizes)
            WriteGenerations(sizes, update.Heap?.Free);
        if (profile.Memory.Container is { LimitBytes: { } limit, LeftBytes: { } left } container)
            WriteLimit(container.UsedBytes, left, limit);
        WriteAllocations(profile.Allocations, update.Recent);
        WriteCollections(profile.Collections, update.Recent);
        WriteOverhead(update);
        WriteCaveats(profile, state.Height >= TallHeight ? 8 : 3);
    }

    private void WriteProcess(LiveUpdate update, bool isPaused)
    {
        const string Paused = "  PAUSED (p: resume)";
        var process = update.Profile.Process;
        var mark = isPaused ? Paused : "";
        var name = page.Names.Text(string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Clean(process.Name ?? "unknown")} ({process.Id})"), page.VisibleWidth / 2);
        var facts = Fitting(Facts(update).Select(fact => new TextRun(fact, Theme.Quiet)), page.VisibleWidth - TerminalText.Width(name + "  " + mark));
        page.Line([new(name + "  ", Theme.Title), .. facts, new(mark, Theme.Warning)]);
    }

    private static IEnumerable<string> Facts(LiveUpdate update)
    {
        var (process, recording) = (update.Profile.Process, update.Profile.Recording);
        if (update.CpuShare is { } share)
            yield return $"{Percent.Format(share)} CPU";
        if (update.Profile.Readings is [.., { Threads: { } threads }])
            yield return Count.Things(threads, "thread", "threads");
        if (update.UptimeSeconds is { } uptime)
            yield return $"up {Duration.Format(uptime)}";
        yield return $"watched {Duration.Format(recording.DurationSeconds)}";
        if (process.RuntimeVersion is { } version)
            yield return $".NET {TerminalText.Clean(version)}";
    }

    private void WriteRss(Measure? rss, LiveHistory recent)
    {
        var peak = $"peak {ByteSize.FormatKnown(rss?.PeakBytes)}";
        var room = page.VisibleWidth - LabelWidth - FigureWidth - peak.Length - 2;
        Line("RSS", ByteSize.FormatKnown(rss?.CurrentBytes), [Plain(peak)], Curve(recent, room), Theme.Title);
    }

    private IEnumerable<TextRun> Curve(LiveHistory recent, int room)
    {
        if (recent.Rss is not [var first, .., var last] points)
            yield break;
        var span = $" last {Duration.Format(last.Seconds - first.Seconds)}";
        var width = room - span.Length;
        if (width < MinCurveWidth)
            yield break;
        var values = Sparkline.Buckets(points.Select(point => (point.Seconds, (double)point.RssBytes)), first.Seconds, last.Seconds, width);
        yield return new("  " + Sparkline.Draw(values, page.Glyphs.Levels), Theme.Curve);
        yield return new(span, Theme.Quiet);
    }

    private void WriteGenerations(GenerationBytes size, GenerationBytes? free)
    {
        List<string> facts =
        [
            $"0: {ByteSize.Format(size.Gen0)}", $"1: {ByteSize.Format(size.Gen1)}", $"2: {ByteSize.Format(size.Gen2)}",
            $"LOH: {ByteSize.Format(size.Loh)}", $"POH: {ByteSize.Format(size.Poh)}",
        ];
        if (free is { } gaps && size.Total > 0)
            facts.Add($"{Percent.Format((double)gaps.Total / size.Total)} fragmented");
        page.Line([new("  Gen".PadRight(LabelWidth), Theme.Quiet), .. Fitting(facts.Select(Plain), page.VisibleWidth - LabelWidth)]);
    }

    private void WriteLimit(long used, long left, long limit)
    {
        var share = Percent.Share(used, limit);
        var room = page.VisibleWidth - LabelWidth;
        TextRun[] facts = [.. Fitting([Plain($"{Percent.Format(share)} of {ByteSize.Format(limit)}"), Plain($"{ByteSize.Format(left)} left")], room)];
        var hasBar = facts.Sum(fact => TerminalText.Width(fact.Text)) + BarWidth + 3 <= room;
        page.Line([new("Limit".PadRight(LabelWidth), Theme.Quiet), .. hasBar ? Bar(share) : [], .. facts]);
    }

    private IEnumerable<TextRun> Bar(double share)
    {
        var bar = page.Glyphs.Bar(share, BarWidth);
        yield return new("[", Theme.Quiet);
        yield return new(bar + new string(' ', Math.Max(0, BarWidth - bar.Length)), share > 0.9 ? Theme.Heavy : Theme.Curve);
        yield return new("] ", Theme.Quiet);
    }

    private void WriteAllocations(AllocationProfile allocations, LiveHistory recent)
    {
        if (!allocations.IsKnown)
        {
            Line("Alloc", "-", ["not recorded"]);
            return;
        }

        var total = new EstimateList(page, allocations.Sampling).Amount(allocations.Total);
        Line("Alloc", ByteSize.FormatRate(recent.AllocatedBytesPerSecond), [$"{total} total", Count.Things(allocations.Total.Samples, "sample", "samples")]);
    }

    private void WriteCollections(CollectionSummary collections, LiveHistory recent) => Line(
        "GC",
        string.Create(CultureInfo.InvariantCulture, $"{recent.CollectionsPerSecond:0.0}/s"),
        [
            $"paused {Percent.Format(recent.PauseShare)}",
            $"longest {Duration.FormatMs(collections.PauseMaxMs)}",
            $"Gen 0/1/2: {Count.Format(collections.Count(0))}/{Count.Format(collections.Count(1))}/{Count.Format(collections.Count(2))}",
        ]);

    private void WriteOverhead(LiveUpdate update)
    {
        var lost = update.Profile.Recording.LostEvents;
        var kept = update.Kept.Failure is null ? $"{Duration.Format(update.Kept.Length.TotalSeconds)} buffered ({ByteSize.Format(update.Kept.Bytes)})" : "nothing buffered";
        Line(
            "Monitor",
            $"{Percent.Format(update.Overhead.CpuShare)} CPU",
            [new($"{Count.Things(lost, "event", "events")} lost", lost > 0 ? Theme.Warning : Theme.Plain), Plain(kept), Plain($"{ByteSize.Format(update.Overhead.RssBytes)} memory")],
            [],
            Theme.Plain);
    }

    // Complete or not at all: half a warning may say the opposite.
    private void WriteCaveats(MemoryProfile profile, int room)
    {
        foreach (var text in Caveats.WhileWatched(profile).Select(caveat => TerminalText.Clean(caveat.Text)))
        {
            room -= WordWrap.Lines(text, page.Width - CaveatMark.Length).Count();
            if (room >= 0)
                page.Paragraph(text, Theme.Warning, new(CaveatMark, Theme.Warning));
        }
    }

    private IEnumerable<string> Live(MemoryProfile profile)
    {
        if (profile.Live is { } live)
            yield return $"{new EstimateList(page, profile.Allocations.Sampling).Amount(live.End.Live)} of it live";
        else if (profile.Recording.SurvivalTracking)
            yield return "- of it live";
    }

    private void Line(string label, string figure, IEnumerable<string> facts) => Line(label, figure, facts.Select(Plain), [], Theme.Title);

    private void Line(string label, string figure, IEnumerable<TextRun> facts, IEnumerable<TextRun> rest, Style figureStyle) => page.Line(
    [
        new(label.PadRight(LabelWidth), Theme.Quiet),
        new(figure.PadRight(FigureWidth), figureStyle),
        .. Fitting(facts, page.VisibleWidth - LabelWidth - FigureWidth),
        .. rest,
    ]);

    private static IEnumerable<TextRun> Fitting(IEnumerable<TextRun> facts, int room)
    {
        var separator = "";
        foreach (var fact in facts)
        {
            var run = fact with { Text = separator + fact.Text };
            if (TerminalText.Width(run.Text) > room)
                continue;
            room -= TerminalText.Width(run.Text);
            separator = ", ";
            yield return run;
        }
    }

    private static TextRun Plain(string text) => new(text, Theme.Plain);
}
