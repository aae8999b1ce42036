using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of memory at the start, at the end and at its peak.</summary>
internal static class MemoryTable
{
    /// <summary>A table of the known figures; it may be empty.</summary>
    /// <param name="memory">The figures.</param>
    public static ReportTable Of(MemorySummary memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Row[] all = [new("RSS", memory.Rss), new("GC heap", memory.GcHeap), new("GC committed", memory.GcCommitted)];
        return ReportTable.Of(
            all.Where(row => row.Measure is not null),
            [
                new("name", "", ColumnKind.Text, row => row.Name),
                .. Columns.Select(column => column.Within<Row>(column.Key, row => row.Measure)),
            ]);
    }

    /// <summary>The figures of a quantity over time.</summary>
    internal static ImmutableArray<Column<Measure>> Columns { get; } =
    [
        new("startBytes", "Start", Unit.Bytes, row => row.StartBytes),
        new("currentBytes", "Current", Unit.Bytes, row => row.CurrentBytes),
        new("peakBytes", "Peak", Unit.Bytes, row => row.PeakBytes),
        new("peakAtSeconds", "Peak at", Unit.Seconds, row => row.PeakAtSeconds),
    ];

    private sealed record Row(string Name, Measure? Measure);
}
