using System.Collections.Immutable;

namespace Memtrace.Exporting.Tables;

/// <summary>A table of a report: columns and their values. Rows are computed as they are read.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">For each row one value a column, in the columns' order; null is unknown.</param>
internal sealed record ReportTable(ImmutableArray<Column> Columns, IEnumerable<ImmutableArray<Cell?>> Rows)
{
    /// <summary>A table of rows.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    public static ReportTable Of<TRow>(IEnumerable<TRow> rows, params ImmutableArray<Column<TRow>> columns) => new(
        ImmutableArray<Column>.CastUp(columns),
        rows.Select(row => columns.Select(column => column.Of(row)).ToImmutableArray()));

    /// <summary>The first rows of the table.</summary>
    /// <param name="top">How many; null for all.</param>
    public ReportTable First(int? top) => top is { } count ? this with { Rows = Rows.Take(count) } : this;

    /// <summary>The same table after a first column with the same value in each row.</summary>
    /// <param name="column">The column.</param>
    /// <param name="cell">The value.</param>
    public ReportTable After(Column column, Cell cell) => new([column, .. Columns], Rows.Select(row => row.Insert(0, cell)));
}
