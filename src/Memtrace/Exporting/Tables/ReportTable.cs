using System.Collections.Immutable;

namespace Memtrace.Exporting.Tables;

/// <summary>A table of a report: columns and their values. Rows are computed as they are read.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">For each row one value a column, in the columns' order; null is unknown.</param>
public sealed record ReportTable(ImmutableArray<Column> Columns, IEnumerable<ImmutableArray<Cell?>> Rows)
{
    /// <summary>A table of rows.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    public static ReportTable Of<TRow>(IEnumerable<TRow> rows, params ImmutableArray<Column<TRow>> columns) => new(
        ImmutableArray<Column>.CastUp(columns),
        rows.Select(row => columns.Select(column => column.Of(row)).ToImmutableArray()));
}
