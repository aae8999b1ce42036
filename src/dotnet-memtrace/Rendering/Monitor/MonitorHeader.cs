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

    /// <summary>Rows of a terminal from which on there is room for the generations.</summary>
    private const int RoomForGenerations = 30;

    /// <summary>How many lines it takes.</summary>
    public static int Height(MonitorState state) => state.Moment is not { } moment ? 1
        : 6 + (moment.Profile.Memory.Container?.LimitBytes is null ? 0 : 1) + (Generations(state) is null ? 0 : 1);

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
        if (Generations(state) is { } heap)
            WriteGenerations(heap);
        if (profile.Memory.Container is { LimitBytes: { } limit, LeftBytes: { } left } container)
            WriteLimit(container.UsedBytes, left, limit);
        WriteAllocations(profile.Allocations, moment.Recent);
        WriteCollections(profile.Collections, moment.Recent);
        WriteOwn(moment);
    }

    // What there is no room for is left out, the least telling first.
    private void WriteProcess(LiveMoment moment, bool isPaused)
    {
        const string Paused = "  PAUSED (p goes on)";
        var process = moment.Profile.Process;
        var mark = isPaused ? Paused : "";
        var name = page.Names.Text(string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Clean(process.Name ?? "unknown")} ({process.Id})"), page.Width / 2);
        var facts = "";
        foreach (var fact in Facts(moment))
        {
            var more = (facts.Length > 0 ? ", " : "  ") + fact;
            if (TerminalText.Width(name + facts + more + mark) <= page.Width)
                facts += more;
        }

        page.Line(new(name, Theme.Title), new(facts, Theme.Quiet), new(mark, Theme.Warning));
    }

    private static IEnumerable<string> Facts(LiveMoment moment)
    {
        var (process, recording) = (moment.Profile.Process, moment.Profile.Recording);
        if (moment.CpuShare is { } share)
            yield return $"{Percent.Format(share)} CPU";
        if (moment.Profile.Readings is [.., { Threads: { } threads }])
            yield return $"{Count.Format(threads)} threads";
        if (moment.UptimeSeconds is { } uptime)
            yield return $"up {Duration.Format(uptime)}";
        yield return $"watched {Duration.Format(recording.DurationSeconds)}";
        if (process.RuntimeVersion is { } version)
            yield return $".NET {TerminalText.Clean(version)}";
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

    private static HeapPoint? Generations(MonitorState state) => state.Height >= RoomForGenerations ? state.Moment?.Heap : null;

    private void WriteGenerations(HeapPoint heap)
    {
        var size = heap.Size;
        var fragmented = heap.Free is { } free && size.Total > 0 ? $"; {Percent.Format((double)free.Total / size.Total)} fragmented" : "";
        var sizes = new[] { size.Gen0, size.Gen1, size.Gen2, size.Loh, size.Poh }.Select(bytes => ByteSize.Format(bytes)).ToArray();
        page.Line(
            new("  gen".PadRight(LabelWidth), Theme.Quiet),
            new($"0: {sizes[0]}, 1: {sizes[1]}, 2: {sizes[2]}, LOH: {sizes[3]}, POH: {sizes[4]}{fragmented}", Theme.Plain));
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
