using System.Collections.Immutable;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The columns of a line of a call tree.</summary>
internal static class CallTreeColumns
{
    /// <summary>How deep a line is, in data only.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="line">Takes the line out of a row.</param>
    public static Column<TRow> Depth<TRow>(Func<TRow, CallTreeRow> line) =>
        new("depth", "Depth", Unit.Count, row => line(row).Depth) { Placement = ColumnPlacement.Data };

    /// <summary>The frame in data, and the line on the screen.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="line">Takes the line out of a row.</param>
    public static ImmutableArray<Column<TRow>> Frame<TRow>(Func<TRow, CallTreeRow> line)
    {
        var frame = new SiteColumns<TRow>(row => line(row).Frame);
        return
        [
            frame.Method with { Placement = ColumnPlacement.Data },
            .. frame.Source,
            new("tree", "Call tree", ColumnKind.TreeLine, row => new TreeLineCell(line(row))) { Placement = ColumnPlacement.Screen },
        ];
    }
}
