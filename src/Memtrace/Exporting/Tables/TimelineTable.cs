using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of memory over time.</summary>
public static class TimelineTable
{
    /// <summary>A table of points in time.</summary>
    /// <param name="points">The points, in order of time.</param>
    /// <param name="startSeconds">Where the window begins, in seconds after the recording's beginning.</param>
    public static ReportTable Of(ImmutableArray<TimelinePoint> points, double startSeconds) => ReportTable.Of(
        Rows(points, startSeconds),
        new Column<Row>("seconds", "At", ColumnKind.Seconds, row => row.Point.Seconds),
        new("rssBytes", "RSS", ColumnKind.Bytes, row => row.Point.RssBytes),
        new("gcHeapBytes", "GC heap", ColumnKind.Bytes, row => row.Point.GcHeapBytes),
        new("gcCommittedBytes", "GC committed", ColumnKind.Bytes, row => row.Point.GcCommittedBytes) { Rank = 2 },
        new("allocatedBytes", "Allocated", ColumnKind.Bytes, row => row.Point.AllocatedBytes) { Rank = 1 },
        new("allocatedBytesPerSecond", "Rate", ColumnKind.Rate, row => row.BytesPerSecond));

    private static IEnumerable<Row> Rows(ImmutableArray<TimelinePoint> points, double startSeconds)
    {
        var (seconds, allocated) = (startSeconds, 0.0);
        foreach (var point in points)
        {
            var elapsed = point.Seconds - seconds;
            yield return new Row(point, elapsed > 0 ? (point.AllocatedBytes - allocated) / elapsed : null);
            (seconds, allocated) = (point.Seconds, point.AllocatedBytes);
        }
    }

    private sealed record Row(TimelinePoint Point, double? BytesPerSecond);
}
