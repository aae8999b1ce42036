using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of memory over time.</summary>
internal static class TimelineTable
{
    /// <summary>A table of points in time.</summary>
    /// <param name="points">The points, in time order.</param>
    /// <param name="startSeconds">Where the window begins, in seconds after the start of the recording.</param>
    public static ReportTable Of(ImmutableArray<TimelinePoint> points, double startSeconds) => ReportTable.Of(
        Rows(points, startSeconds),
        [
            new("seconds", "At", Unit.Seconds, row => row.Point.Seconds),
            .. Quantities.Select(quantity => quantity.Within<Row>(quantity.Key, row => row.Point)),
            new("allocatedBytesPerSecond", "Rate", Unit.BytesPerSecond, row => row.BytesPerSecond),
        ]);

    /// <summary>The quantities of a point in time, all in bytes.</summary>
    internal static ImmutableArray<Column<TimelinePoint>> Quantities { get; } =
    [
        new("rssBytes", "RSS", Unit.Bytes, row => row.RssBytes),
        new("gcHeapBytes", "GC heap", Unit.Bytes, row => row.GcHeapBytes),
        new("gcCommittedBytes", "GC committed", Unit.Bytes, row => row.GcCommittedBytes) { Rank = 2 },
        new("allocatedBytes", "Allocated", Unit.Bytes, row => row.AllocatedBytes) { Rank = 1 },
    ];

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
