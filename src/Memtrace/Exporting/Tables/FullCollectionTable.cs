using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a full collection: memory before and after.</summary>
internal static class FullCollectionTable
{
    /// <summary>A row each for the heap, its generations and the memory around it.</summary>
    /// <param name="observed">The collection.</param>
    public static ReportTable Of(ObservedCollection observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var (before, after) = (observed.Collection.Before, observed.Collection.After);
        ImmutableArray<Row> rows =
        [
            .. Generation.All.Select(generation => new Row("  " + generation.Title, generation.Of(before.Size), generation.Of(after.Size))),
            new("  Free in generations", before.Free.Total, after.Free.Total),
            new("GC committed", before.CommittedBytes, after.CommittedBytes),
            new("RSS", observed.RssBeforeBytes, observed.RssAfterBytes),
        ];
        return ReportTable.Of(
            rows.Prepend(new("GC heap", before.Size.Total, after.Size.Total)).Where(row => row.Before is not null || row.After is not null),
            new Column<Row>("name", "", ColumnKind.Text, row => row.Name),
            new("beforeBytes", "Before", Unit.Bytes, row => row.Before),
            new("afterBytes", "After", Unit.Bytes, row => row.After),
            new("changeBytes", "Change", ColumnKind.Number, row => Figure.ChangeOf(Unit.Bytes, row.After - row.Before)));
    }

    private sealed record Row(string Name, long? Before, long? After);
}
