using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a call tree.</summary>
public static class CallTreeTable
{
    /// <summary>A table of lines of a call tree.</summary>
    /// <param name="sampling">How allocations were sampled.</param>
    /// <param name="rows">The lines.</param>
    /// <param name="inverted">Whether it goes from the methods that allocate to their callers, which allocate nothing on the way there.</param>
    public static ReportTable Of(AllocationSampling sampling, IEnumerable<CallTreeRow<CallTreeNode>> rows, bool inverted) => ReportTable.Of(
        rows,
        new Column<CallTreeRow<CallTreeNode>>("depth", "Depth", ColumnKind.Count, row => row.Depth) { Placement = ColumnPlacement.Data },
        new("bytes", "Total", ColumnKind.Bytes, row => row.Node.Total.Bytes),
        new("errorBytes", "Error", ColumnKind.Error, row => AllocationTables.Error(sampling, row.Node.Total)) { Rank = 1 },
        new("share", "Share", ColumnKind.Share, row => row.Share),
        new("selfBytes", "Self", ColumnKind.Bytes, row => row.Node.Self.Bytes) { Placement = inverted ? ColumnPlacement.Data : ColumnPlacement.Everywhere },
        new("objects", "Objects", ColumnKind.Count, row => row.Node.Total.Objects) { Rank = 2 },
        new("samples", "Samples", ColumnKind.Count, row => row.Node.Total.Samples) { Rank = 3 },
        new("method", "Method", ColumnKind.Method, row => row.Frame?.Method) { Placement = ColumnPlacement.Data },
        new("file", "File", ColumnKind.Text, row => row.Frame?.File) { Placement = ColumnPlacement.Data },
        new("line", "Line", ColumnKind.Count, row => row.Frame?.Line) { Placement = ColumnPlacement.Data },
        new("tree", "Call tree", ColumnKind.TreeLine, row => row) { Placement = ColumnPlacement.Screen });
}
