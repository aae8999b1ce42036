using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The head of a live view: the process, its memory, its collections, what the view costs.</summary>
/// <param name="page">Where to.</param>
internal sealed class MonitorHeader(ReportPage page)
{
    private const int LabelWidth = 9;
    private const int FigureWidth = 12;
    private const int BarWidth = 20;

    /// <summary>How many lines it takes.</summary>
    public static int Height(LiveMoment? moment) => moment is null ? 1 : moment.Profile.Memory.Container?.LimitBytes is null ? 6 : 7;

    /// <summary>Writes it.</summary>
    public void Write(MonitorState state)
    {
        if (state.Moment is not { } moment)
        {
            page.Line(new TextRun("Waiting for the process to begin.", Theme.Title));
            return;
        }

        var profile = moment.Profile;
        WriteProcess(moment, state.IsPaused);
        WriteRss(profile.Memory.Rss, moment.Recent);
        Line("GC heap", Size(profile.Memory.GcHeap?.CurrentBytes), $"committed {Size(profile.Memory.GcCommitted?.CurrentBytes)}" + Live(profile));
        if (profile.Memory.Container is { LimitBytes: { } limit, LeftBytes: { } left } container)
            WriteLimit(container.UsedBytes, left, limit);
        WriteAllocations(profile.Allocations, moment.Recent);
        WriteCollections(profile.Collections, moment.Recent);
        WriteOwn(moment);
    }

    private void WriteProcess(LiveMoment moment, bool isPaused)
    {
        var (process, recording) = (moment.Profile.Process, moment.Profile.Recording);
        var name = string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Clean(process.Name ?? "unknown")} ({process.Id})");
        var facts = $"  watched {Duration.Format(recording.DurationSeconds)}";
        if (moment.UptimeSeconds is { } uptime)
            facts += $", up {Duration.Format(uptime)}";
        if (process.RuntimeVersion is { } version)
            facts += $", .NET {TerminalText.Clean(version)}";
        const string Paused = "  PAUSED (p goes on)";
        var mark = isPaused ? Paused : "";
        name = page.Names.Text(name, page.Width / 2);
        page.Line(new(name, Theme.Title), new(page.Names.Text(facts, page.Width - TerminalText.Width(name) - mark.Length), Theme.Quiet), new(mark, Theme.Warning));
    }

    private void WriteRss(Measure? rss, LiveHistory recent)
    {
        var text = $"peak {Size(rss?.PeakBytes)}  ";
        var used = LabelWidth + FigureWidth + text.Length;
        if (recent.Rss is not [var first, .., var last] points)
        {
            Line("RSS", Size(rss?.CurrentBytes), text);
            return;
        }

        var span = $" last {Duration.Format(last.Seconds - first.Seconds)}";
        var width = Math.Max(1, page.Width - used - span.Length);
        var values = Sparkline.Buckets(points.Select(point => (point.Seconds, (double)point.RssBytes)), first.Seconds, last.Seconds, width);
        page.Line(
            new("RSS".PadRight(LabelWidth), Theme.Quiet),
            new(Size(rss?.CurrentBytes).PadRight(FigureWidth), Theme.Title),
            new(text, Theme.Plain),
            new(Sparkline.Draw(values, page.Glyphs.Levels), Theme.Curve),
            new(span, Theme.Quiet));
    }

    private void WriteLimit(long used, long left, long limit)
    {
        var share = Percent.Share(used, limit);
        var bar = page.Glyphs.Bar(share, BarWidth);
        page.Line(
            new("Limit".PadRight(LabelWidth), Theme.Quiet),
            new("[", Theme.Quiet),
            new(bar + new string(' ', Math.Max(0, BarWidth - bar.Length)), share > 0.9 ? Theme.Heavy : Theme.Curve),
            new("]", Theme.Quiet),
            new($" {Percent.Format(share)} of {ByteSize.Format(limit)}, {ByteSize.Format(left)} left", Theme.Plain));
    }

    private void WriteAllocations(AllocationProfile allocations, LiveHistory recent)
    {
        var total = new EstimateList(page, allocations.Sampling).Amount(allocations.Total);
        Line("Alloc", ByteSize.FormatRate(recent.AllocatedBytesPerSecond), $"{total} in all, {Count.Format(allocations.Total.Samples)} samples");
    }

    private void WriteCollections(CollectionSummary collections, LiveHistory recent)
    {
        var text = $"paused {Percent.Format(recent.PauseShare)} of the time, longest {Duration.FormatMs(collections.PauseMaxMs)}; "
            + $"gen 0/1/2: {Count.Format(collections.Count(0))}/{Count.Format(collections.Count(1))}/{Count.Format(collections.Count(2))}";
        Line("GC", string.Create(CultureInfo.InvariantCulture, $"{recent.CollectionsPerSecond:0.0}/s"), text);
    }

    private void WriteOwn(LiveMoment moment)
    {
        var lost = moment.Profile.Recording.LostEvents;
        var kept = moment.Kept.Failure is null ? $"{Duration.Format(moment.Kept.Length.TotalSeconds)} kept ({ByteSize.Format(moment.Kept.Bytes)})" : "nothing kept";
        page.Line(
            new("Monitor".PadRight(LabelWidth), Theme.Quiet),
            new($"{Percent.Format(moment.Own.CpuShare)} CPU".PadRight(FigureWidth), Theme.Plain),
            new($"{ByteSize.Format(moment.Own.RssBytes)} memory, ", Theme.Plain),
            new($"{Count.Format(lost)} events lost", lost > 0 ? Theme.Warning : Theme.Plain),
            new($", {kept}", Theme.Plain));
    }

    private string Live(MemoryProfile profile) => profile.Live is { } live
        ? $", {new EstimateList(page, profile.Allocations.Sampling).Amount(live.End.Live)} of it known to live"
        : "";

    private void Line(string label, string figure, string text) => page.Line(
        new(label.PadRight(LabelWidth), Theme.Quiet), new(figure.PadRight(FigureWidth), Theme.Title), new(text, Theme.Plain));

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : "-";
}
