using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a call tree.</summary>
internal static class CallTreeTable
{
    /// <summary>A table of lines of a call tree.</summary>
    /// <param name="sampling">How allocations were sampled.</param>
    /// <param name="rows">The lines.</param>
    /// <param name="direction">Which way the tree goes; callers allocate nothing themselves.</param>
    public static ReportTable Of(AllocationSampling sampling, IEnumerable<CallTreeRow<CallTreeNode>> rows, CallTreeDirection direction)
    {
        var total = new EstimateColumns<CallTreeRow<CallTreeNode>>(sampling, row => row.Node.Total);
        return ReportTable.Of(
            rows,
            [
                CallTreeColumns.Depth<CallTreeRow<CallTreeNode>>(row => row),
                total.Bytes with { Title = "Total" },
                total.Error with { Rank = 1 },
                new("share", "Share", Unit.Share, row => row.Share),
                new("selfBytes", "Self", Unit.Bytes, row => row.Node.Self.Bytes)
                {
                    Placement = direction == CallTreeDirection.Callers ? ColumnPlacement.Data : ColumnPlacement.Everywhere,
                },
                total.Objects with { Rank = 2 },
                total.Samples with { Rank = 3 },
                .. CallTreeColumns.Frame<CallTreeRow<CallTreeNode>>(row => row),
            ]);
    }
}
