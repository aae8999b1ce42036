using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of memory at the start, at the end and at its peak.</summary>
public static class MemoryTable
{
    /// <summary>A table of what the recording knows; it may be empty.</summary>
    /// <param name="memory">The figures.</param>
    public static ReportTable Of(MemorySummary memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (string Name, Measure? Measure)[] all = [("RSS", memory.Rss), ("GC heap", memory.GcHeap), ("GC committed", memory.GcCommitted)];
        return ReportTable.Of(
            from item in all where item.Measure is not null select new Row(item.Name, item.Measure),
            new Column<Row>("name", "", ColumnKind.Text, row => row.Name),
            new("startBytes", "Start", ColumnKind.Bytes, row => row.Measure.StartBytes),
            new("currentBytes", "Current", ColumnKind.Bytes, row => row.Measure.CurrentBytes),
            new("peakBytes", "Peak", ColumnKind.Bytes, row => row.Measure.PeakBytes),
            new("peakAtSeconds", "Peak at", ColumnKind.Seconds, row => row.Measure.PeakAtSeconds));
    }

    private sealed record Row(string Name, Measure Measure);
}
