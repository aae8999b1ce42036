using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a full collection: memory before and after.</summary>
public static class FullCollectionTable
{
    /// <summary>A row for each generation, for the heap and for what is around it.</summary>
    /// <param name="observed">The collection.</param>
    public static ReportTable Of(ObservedCollection observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var (before, after) = (observed.Collection.Before, observed.Collection.After);
        ImmutableArray<Row> rows =
        [
            .. Generations.Select(generation => new Row("  " + generation.Title, generation.Of(before.Size), generation.Of(after.Size))),
            new("  Free in them", before.Free.Total, after.Free.Total),
            new("GC committed", before.CommittedBytes, after.CommittedBytes),
            new("RSS", observed.RssBeforeBytes, observed.RssAfterBytes),
        ];
        return ReportTable.Of(
            rows.Prepend(new("GC heap", before.Size.Total, after.Size.Total)).Where(row => row.Before is not null || row.After is not null),
            new Column<Row>("name", "", ColumnKind.Text, row => row.Name),
            new("beforeBytes", "Before", ColumnKind.Bytes, row => row.Before),
            new("afterBytes", "After", ColumnKind.Bytes, row => row.After),
            new("changeBytes", "Change", ColumnKind.Figure, row => Figure.ChangeOf(ColumnKind.Bytes, row.After - row.Before)));
    }

    /// <summary>The generations: their names in data and on the screen.</summary>
    internal static ImmutableArray<(string Key, string Title, Func<GenerationBytes, long> Of)> Generations { get; } =
    [
        ("gen0", "Gen 0", bytes => bytes.Gen0),
        ("gen1", "Gen 1", bytes => bytes.Gen1),
        ("gen2", "Gen 2", bytes => bytes.Gen2),
        ("loh", "LOH", bytes => bytes.Loh),
        ("poh", "POH", bytes => bytes.Poh),
    ];

    private sealed record Row(string Name, long? Before, long? After);
}
