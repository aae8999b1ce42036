using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>The tables of where the resident set is.</summary>
public static class BreakdownTables
{
    private const string TotalKey = "rss";
    private const string SwapKey = "swap";

    /// <summary>A row for each moment and category.</summary>
    /// <param name="breakdowns">The moments, in order of time.</param>
    public static ReportTable Each(IEnumerable<MemoryBreakdown> breakdowns) => ReportTable.Of(
        from breakdown in breakdowns from item in breakdown.Categories select (Breakdown: breakdown, Item: item),
        new Column<(MemoryBreakdown Breakdown, CategoryMemory Item)>("atSeconds", "At", ColumnKind.Seconds, row => row.Breakdown.AtSeconds),
        new("reason", "Reason", ColumnKind.Text, row => BreakdownNames.Of(row.Breakdown.Reason)),
        new("rssBytes", "RSS", ColumnKind.Bytes, row => row.Breakdown.RssBytes),
        new("swapBytes", "Swap", ColumnKind.Bytes, row => row.Breakdown.SwapBytes),
        new("category", "Category", ColumnKind.Text, row => BreakdownNames.Of(row.Item.Category)),
        new("bytes", "Bytes", ColumnKind.Bytes, row => row.Item.Bytes),
        new("share", "Share", ColumnKind.Share, row => Share(row.Item.Bytes, row.Breakdown)));

    /// <summary>A row for each moment, the categories side by side as far as there is room.</summary>
    /// <param name="breakdowns">The moments, in order of time.</param>
    public static ReportTable OverTime(ImmutableArray<MemoryBreakdown> breakdowns)
    {
        var categories = Enum.GetValues<MemoryCategory>()
            .Select(category => (Category: category, Largest: breakdowns.Select(breakdown => breakdown[category]).DefaultIfEmpty().Max()))
            .Where(item => item.Largest > 0)
            .OrderByDescending(item => item.Largest)
            .Select((item, rank) => new Column<MemoryBreakdown>(
                BreakdownNames.Of(item.Category), BreakdownNames.Title(item.Category), ColumnKind.Bytes, row => row[item.Category])
            {
                Rank = rank,
            });
        return ReportTable.Of(
            breakdowns,
            [
                new Column<MemoryBreakdown>("atSeconds", "At", ColumnKind.Seconds, row => row.AtSeconds),
                new("reason", "Why", ColumnKind.Text, row => BreakdownNames.Of(row.Reason)),
                new("rssBytes", "RSS", ColumnKind.Bytes, row => row.RssBytes),
                .. categories,
            ]);
    }

    /// <summary>One moment: the categories and what they are made of, the largest first; what is nothing is left out.</summary>
    /// <param name="breakdown">The moment.</param>
    public static ReportTable Of(MemoryBreakdown breakdown)
    {
        ArgumentNullException.ThrowIfNull(breakdown);
        return ReportTable.Of(Rows(breakdown, breakdown, breakdown), [NameColumn, BytesColumn("Bytes"), .. ShareColumns(breakdown)]);
    }

    /// <summary>Three moments side by side: rows as those of one moment, in the order of the last moment.</summary>
    /// <param name="start">The first moment.</param>
    /// <param name="current">The last one.</param>
    /// <param name="peak">That with most.</param>
    public static ReportTable Of(MemoryBreakdown start, MemoryBreakdown current, MemoryBreakdown peak)
    {
        ArgumentNullException.ThrowIfNull(current);
        return ReportTable.Of(
            Rows(start, current, peak),
            [
                NameColumn,
                new("startBytes", "Start", ColumnKind.Bytes, row => row.Start) { Rank = 2 },
                BytesColumn("Current"),
                new("peakBytes", "At peak", ColumnKind.Bytes, row => row.Peak) { Rank = 1 },
                new("changeBytes", "Change", ColumnKind.Figure, row => Figure.ChangeOf(ColumnKind.Bytes, row.Current - row.Start)),
                .. ShareColumns(current),
            ]);
    }

    private static Column<Row> NameColumn { get; } = new("name", "", ColumnKind.Text, row => new string(' ', 2 * row.Depth) + row.Title);

    private static Column<Row> BytesColumn(string title) => new("bytes", title, ColumnKind.Bytes, row => row.Current);

    private static ImmutableArray<Column<Row>> ShareColumns(MemoryBreakdown whole) =>
    [
        new("share", "Share", ColumnKind.Share, row => row.Key == SwapKey ? null : Share(row.Current ?? 0, whole)),
        new("bar", "", ColumnKind.Bar, row => row.Key is TotalKey or SwapKey ? null : Share(row.Current ?? 0, whole)),
    ];

    private static double Share(long bytes, MemoryBreakdown whole) => whole.RssBytes > 0 ? (double)bytes / whole.RssBytes : 0;

    private static IEnumerable<Row> Rows(MemoryBreakdown start, MemoryBreakdown current, MemoryBreakdown peak)
    {
        var (before, highest) = (ByKey(start), ByKey(peak));
        var parts = from category in BreakdownPart.Of(current).OrderByDescending(category => category.Bytes)
                    from item in category.Flatten()
                    select new Row(item.Part.Key, item.Part.Title, item.Depth, Known(before, item.Part.Key), item.Part.Bytes, Known(highest, item.Part.Key));
        IEnumerable<Row> sums =
        [
            new Row(TotalKey, "Resident set", 0, start.RssBytes, current.RssBytes, peak.RssBytes),
            new Row(SwapKey, "Swapped out", 0, start.SwapBytes, current.SwapBytes, peak.SwapBytes),
        ];
        return parts.Concat(sums).Where(row => row.Start > 0 || row.Current > 0 || row.Peak > 0);
    }

    private static Dictionary<string, long> ByKey(MemoryBreakdown breakdown) => BreakdownPart.Of(breakdown)
        .SelectMany(category => category.Flatten())
        .GroupBy(item => item.Part.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(item => item.Part.Bytes), StringComparer.Ordinal);

    private static long? Known(Dictionary<string, long> bytes, string key) => bytes.TryGetValue(key, out var known) ? known : null;

    private sealed record Row(string Key, string Title, int Depth, long? Start, long? Current, long? Peak);
}
