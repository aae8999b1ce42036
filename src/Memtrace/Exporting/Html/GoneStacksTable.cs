using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>
/// The table of the branches of a call tree that are only in the recording before. A flame graph of the recording after cannot show them, so they
/// are listed beside it.
/// </summary>
internal static class GoneStacksTable
{
    /// <summary>The gone branches, each by the frame where it begins, heaviest first.</summary>
    /// <param name="root">The tree.</param>
    public static ReportTable Of(CallTreeChange root) => ReportTable.Of(
        Branches(root).OrderByDescending(branch => branch.Top.Total.Before),
        new Column<Branch>("before", "Before", ColumnKind.Number, row => Figure.Of(row.Top.Total.Unit, row.Top.Total.Before)),
        new("error", "Error", ColumnKind.Error, row => Figure.Of(row.Top.Total.Unit, row.Top.Total.Error)) { Rank = 1 },
        new("tag", "Tag", ColumnKind.Tag, row => new TagCell(row.Top.Total.Tag)),
        new("method", "First frame", ColumnKind.Method, row => row.Top.Frame?.Method),
        new("location", "Source", row => row.Top.Frame) { Rank = 1 },
        new("caller", "Called from", ColumnKind.Method, row => row.Caller.Frame?.Method ?? "(root)"),
        new("leaf", "down to", ColumnKind.Method, row => Heaviest(row.Top).Frame?.Method) { Placement = ColumnPlacement.Detail });

    private static IEnumerable<Branch> Branches(CallTreeChange root)
    {
        var pending = new Stack<CallTreeChange>([root]);
        while (pending.TryPop(out var node))
        {
            foreach (var child in node.Children)
            {
                if (IsGone(child.Total))
                    yield return new Branch(child, node);
                else
                    pending.Push(child);
            }
        }
    }

    private static bool IsGone(Change change) => change is { Before: > 0, After: <= 0 };

    private static CallTreeChange Heaviest(CallTreeChange node)
    {
        while (node.Children is [var first, ..])
            node = first;
        return node;
    }

    private sealed record Branch(CallTreeChange Top, CallTreeChange Caller);
}
