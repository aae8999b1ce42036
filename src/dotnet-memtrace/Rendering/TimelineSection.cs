using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Memory over time, as curves and as a table.</summary>
internal static class TimelineSection
{
    private const int LabelWidth = 9;
    private const int SizeWidth = 10;

    /// <summary>Writes the curves.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    public static void WriteCurves(ReportPage page, MemoryProfile profile)
    {
        var (start, end) = Window(profile);
        page.Section("Timeline", $"{Duration.Format(start)} to {Duration.Format(end)}, lowest and highest");
        WriteCurve(page, profile, "RSS", point => point.RssBytes);
        WriteCurve(page, profile, "GC heap", point => point.GcHeapBytes);
    }

    /// <summary>Writes a table of equal spans of time with the highest values of each.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="rows">How many spans at most.</param>
    public static void WriteTable(ReportPage page, MemoryProfile profile, int rows)
    {
        var spans = profile.Timeline.Length > rows ? Spans(profile, rows) : profile.Timeline;
        if (spans.IsEmpty)
            return;
        page.Line();
        TextTable.Write(page, TimelineTable.Of(spans, Window(profile).Start));
    }

    private static void WriteCurve(ReportPage page, MemoryProfile profile, string label, Func<TimelinePoint, long?> value)
    {
        var points = Points(profile, value);
        if (points.Count == 0)
        {
            page.Line(new("  " + label.PadRight(LabelWidth), Theme.Plain), new("no readings", Theme.Quiet));
            return;
        }

        var (start, end) = Window(profile);
        var width = page.Width - LabelWidth - (2 * SizeWidth) - 4;
        var curve = Sparkline.Draw(Sparkline.Buckets(points, start, end, width), page.Glyphs.Levels);
        page.Line(
            new("  " + label.PadRight(LabelWidth), Theme.Plain),
            new(ByteSize.Format(points.Min(point => point.Value)).PadLeft(SizeWidth) + " ", Theme.Quiet),
            new(curve, Theme.Curve),
            new(" " + ByteSize.Format(points.Max(point => point.Value)), Theme.Plain));
    }

    private static ImmutableArray<TimelinePoint> Spans(MemoryProfile profile, int count)
    {
        var (start, end) = Window(profile);
        var rss = Highest(point => point.RssBytes);
        var heap = Highest(point => point.GcHeapBytes);
        var committed = Highest(point => point.GcCommittedBytes);
        var allocated = Highest(point => (long)point.AllocatedBytes);
        return [.. Enumerable.Range(0, count).Select(i => new TimelinePoint(
            start + ((end - start) * (i + 1) / count), (long?)rss[i], (long?)heap[i], (long?)committed[i], allocated[i] ?? 0))];

        ImmutableArray<double?> Highest(Func<TimelinePoint, long?> value) => Sparkline.Buckets(Points(profile, value), start, end, count);
    }

    private static List<(double Time, double Value)> Points(MemoryProfile profile, Func<TimelinePoint, long?> value) =>
        [.. from point in profile.Timeline let known = value(point) where known is not null select (point.Seconds, (double)known)];

    private static (double Start, double End) Window(MemoryProfile profile) =>
        (profile.Recording.WindowStartSeconds, profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds);
}
