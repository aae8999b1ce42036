using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of the resident set by category.</summary>
internal static class BreakdownTables
{
    private const string TotalKey = "rss";
    private const string SwapKey = "swap";
    private const string HugePagesKey = "hugePages";
    private const string GpuKey = "gpu";
    private const int MostFiles = 5;

    /// <summary>A row for each snapshot and category.</summary>
    /// <param name="breakdowns">The snapshots, in time order.</param>
    public static ReportTable Each(IEnumerable<MemoryBreakdown> breakdowns) => ReportTable.Of(
        from breakdown in breakdowns from item in breakdown.Categories select new CategoryRow(breakdown, item),
        new Column<CategoryRow>("atSeconds", "At", Unit.Seconds, row => row.Breakdown.AtSeconds),
        new("reason", "Reason", ColumnKind.Text, row => DataName.Of(row.Breakdown.Reason)),
        new("rssBytes", "RSS", Unit.Bytes, row => row.Breakdown.RssBytes),
        new("swapBytes", "Swap", Unit.Bytes, row => row.Breakdown.SwapBytes),
        new("category", "Category", ColumnKind.Text, row => DataName.Of(row.Item.Category)),
        new("bytes", "Bytes", Unit.Bytes, row => row.Item.KnownBytes),
        new("share", "Share", Unit.Share, row => Share(row.Item.KnownBytes, row.Breakdown)));

    /// <summary>A row for each snapshot, with as many categories side by side as fit.</summary>
    /// <param name="breakdowns">The snapshots, in time order.</param>
    public static ReportTable OverTime(ImmutableArray<MemoryBreakdown> breakdowns)
    {
        var categories = Enum.GetValues<MemoryCategory>()
            .Select(category => (Category: category, Largest: breakdowns.Select(breakdown => breakdown[category]).DefaultIfEmpty().Max()))
            .Where(item => item.Largest > 0)
            .OrderByDescending(item => item.Largest)
            .Select((item, rank) => new Column<MemoryBreakdown>(
                DataName.Of(item.Category), BreakdownNames.Title(item.Category), Unit.Bytes, row => row.Knows(item.Category) ? row[item.Category] : null)
            {
                Rank = rank,
            });
        return ReportTable.Of(
            breakdowns,
            [
                new Column<MemoryBreakdown>("atSeconds", "At", Unit.Seconds, row => row.AtSeconds),
                new("reason", "Why", ColumnKind.Text, row => DataName.Of(row.Reason)),
                new("rssBytes", "RSS", Unit.Bytes, row => row.RssBytes),
                .. categories,
            ]);
    }

    /// <summary>One snapshot: the categories and what they are made of, the largest first; empty ones are left out.</summary>
    /// <param name="breakdown">The snapshot.</param>
    public static ReportTable Of(MemoryBreakdown breakdown)
    {
        ArgumentNullException.ThrowIfNull(breakdown);
        return ReportTable.Of(Rows(breakdown, breakdown, breakdown, row => row.Current), [NameColumn, BytesColumn("Bytes"), .. ShareColumns(breakdown)]);
    }

    /// <summary>Three snapshots side by side, in the order of the last one.</summary>
    /// <param name="start">The first one.</param>
    /// <param name="current">The last one.</param>
    /// <param name="peak">The largest one.</param>
    public static ReportTable Of(MemoryBreakdown start, MemoryBreakdown current, MemoryBreakdown peak)
    {
        ArgumentNullException.ThrowIfNull(current);
        return ReportTable.Of(
            Rows(start, current, peak, row => row.Current),
            [
                NameColumn,
                new("startBytes", "Start", Unit.Bytes, row => row.Start) { Rank = 2 },
                BytesColumn("Current"),
                new("peakBytes", "At peak", Unit.Bytes, row => row.Peak) { Rank = 1 },
                new("changeBytes", "Change", ColumnKind.Number, row => Figure.ChangeOf(Unit.Bytes, row.Change)),
                .. ShareColumns(current),
            ]);
    }

    /// <summary>Before and after: the categories and what they are made of, the largest change first.</summary>
    /// <param name="change">Before and after; null for a table without rows.</param>
    public static ReportTable Changes(BreakdownChange? change) => ReportTable.Of(
        change is null ? [] : Rows(change.Before, change.After, change.After, row => Math.Abs(row.Change ?? 0)),
        [
            new("part", "", ColumnKind.Text, row => row.Key) { Placement = ColumnPlacement.Data },
            NameColumn with { Placement = ColumnPlacement.Screen },
            new("beforeBytes", "Before", Unit.Bytes, row => row.Start),
            new("afterBytes", "After", Unit.Bytes, row => row.Current),
            new("changeBytes", "Change", ColumnKind.Number, row => Figure.ChangeOf(Unit.Bytes, row.Change)),
            new("changeRatio", "Change %", ColumnKind.Number, row => Figure.ChangeOf(Unit.Ratio, row.Start > 0 ? (double?)row.Change / row.Start : null)),
        ]);

    private static Column<Row> NameColumn { get; } = new("name", "", ColumnKind.Text, row => row.Title);

    private static Column<Row> BytesColumn(string title) => new("bytes", title, Unit.Bytes, row => row.Current);

    private static ImmutableArray<Column<Row>> ShareColumns(MemoryBreakdown whole) =>
    [
        new("share", "Share", Unit.Share, row => row.IsOutsideOfRss || IsBeyond(row, whole) ? null : Share(row.Current, whole)),
        new("bar", "", ColumnKind.Bar, row => Figure.Of(Unit.Share, row.Key == TotalKey || row.IsOutsideOfRss || IsBeyond(row, whole) ? null : Share(row.Current, whole))),
    ];

    /// <summary>Whether a row is a generation, and the generations are larger than the resident part of the heap, or in huge pages: then they have no share in it.</summary>
    private static bool IsBeyond(Row row, MemoryBreakdown whole) => row is { Category: MemoryCategory.GcHeap, IsCategory: false } && (whole.GenerationsNotResident > 0 || whole.Collector.HugePages > 0);

    private static double? Share(long? bytes, MemoryBreakdown whole) => whole.RssBytes > 0 ? (double?)bytes / whole.RssBytes : 0;

    // Parts that are gone by now are listed as well.
    private static IEnumerable<Row> Rows(MemoryBreakdown start, MemoryBreakdown current, MemoryBreakdown peak, Func<Row, long?> weight)
    {
        var rows = new[] { current, peak, start }
            .SelectMany(BreakdownPart.Of)
            .DistinctBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => new Row(part.Key, Indented(part, current), part.BytesIn(start), part.BytesIn(current), part.BytesIn(peak)) { Category = part.Category, IsCategory = part.IsCategory })
            .Where(row => row.Largest > 0)
            .GroupBy(row => row.Category)
            .OrderByDescending(category => weight(category.First()))
            .SelectMany(category => category.Take(1).Concat(category.Key == MemoryCategory.MappedFiles ? LargestFiles(category.Skip(1)) : category.Skip(1)));
        IEnumerable<Row> sums =
        [
            new Row(TotalKey, "Resident set", start.RssBytes, current.RssBytes, peak.RssBytes),
            new Row(SwapKey, "Swapped out", start.SwapBytes, current.SwapBytes, peak.SwapBytes),
            new Row(HugePagesKey, "Huge pages", start.HugePageBytes, current.HugePageBytes, peak.HugePageBytes),
            new Row(GpuKey, "GPU memory", start.GpuBytes, current.GpuBytes, peak.GpuBytes),
        ];
        return rows.Concat(sums.Where(row => row.Largest > 0));
    }

    private static IEnumerable<Row> LargestFiles(IEnumerable<Row> files) => files.OrderByDescending(file => file.Largest).Take(MostFiles);

    private static string Indented(BreakdownPart part, MemoryBreakdown breakdown) => (part.IsCategory ? "" : "  ") + part.TitleIn(breakdown);

    private sealed record CategoryRow(MemoryBreakdown Breakdown, CategoryMemory Item);

    private sealed record Row(string Key, string Title, long? Start, long? Current, long? Peak)
    {
        public MemoryCategory? Category { get; init; }

        public bool IsCategory { get; init; }

        public bool IsOutsideOfRss => Key is SwapKey or HugePagesKey or GpuKey;

        public long? Change => Current - Start;

        public long Largest => Math.Max(Start ?? 0, Math.Max(Current ?? 0, Peak ?? 0));
    }
}
