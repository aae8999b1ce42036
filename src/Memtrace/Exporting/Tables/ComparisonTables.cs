using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of a comparison.</summary>
public static class ComparisonTables
{
    /// <summary>Memory, collections and pauses.</summary>
    /// <param name="comparison">The comparison.</param>
    public static ReportTable Memory(ProfileComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var rows = from figure in MemoryFigure.For(comparison.Normalization)
                   let row = new MemoryRow(figure, figure.Value(comparison.Before), figure.Value(comparison.After))
                   where row.Before is not null || row.After is not null
                   select row;
        return ReportTable.Of(
            rows,
            new Column<MemoryRow>("figure", "", ColumnKind.Text, row => row.Figure.Key) { Placement = ColumnPlacement.Data },
            new("title", "", ColumnKind.Text, row => row.Figure.Title) { Placement = ColumnPlacement.Screen },
            new("before", "Before", ColumnKind.Figure, row => Figure.Of(row.Figure.Kind, row.Before)),
            new("after", "After", ColumnKind.Figure, row => Figure.Of(row.Figure.Kind, row.After)),
            new("change", "Change", ColumnKind.Figure, row => Figure.ChangeOf(row.Figure.Kind, row.Difference)),
            new("changeRatio", "Change %", ColumnKind.Figure, row => Figure.ChangeOf(ColumnKind.Ratio, row.Ratio)));
    }

    /// <summary>By type.</summary>
    /// <param name="metrics">The metrics, one after the other.</param>
    public static ReportTable Types(IEnumerable<MetricComparison> metrics)
    {
        var rows = from metric in metrics from type in metric.Types select new Row(metric.Metric, type.Type, null, type.Change);
        return ReportTable.Of(rows, [MetricColumn<Row>(row => row.Metric), .. Changes<Row>(row => row.Change), TypeColumn]);
    }

    /// <summary>By type and call site.</summary>
    /// <param name="metrics">The metrics, one after the other.</param>
    public static ReportTable Sites(IEnumerable<MetricComparison> metrics)
    {
        var rows = from metric in metrics from site in metric.Sites select new Row(metric.Metric, site.Type, site.Site, site.Change);
        return ReportTable.Of(
            rows,
            [
                MetricColumn<Row>(row => row.Metric),
                .. Changes<Row>(row => row.Change, rank: 2),
                TypeColumn,
                new("method", "Call site", ColumnKind.Method, row => row.Site?.Method) { Rank = 1 },
                new("file", "File", ColumnKind.Text, row => row.Site?.File) { Placement = ColumnPlacement.Data },
                new("line", "Line", ColumnKind.Count, row => row.Site?.Line) { Placement = ColumnPlacement.Data },
                new("location", "Source", ColumnKind.Location, row => row.Site) { Placement = ColumnPlacement.Screen, Rank = 4 },
            ]);
    }

    /// <summary>By call tree, all nodes.</summary>
    /// <param name="metrics">The metrics, one after the other; those without a tree are left out.</param>
    public static ReportTable Tree(IEnumerable<MetricComparison> metrics) => Tree(
        from metric in metrics
        where metric.Tree is not null
        from row in CallTreeRows.All(metric.Tree!, minimumShare: 0)
        select new TreeRow(metric.Metric, row));

    /// <summary>By call tree.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="rows">The lines of its tree.</param>
    public static ReportTable Tree(ComparisonMetric metric, IEnumerable<CallTreeRow<CallTreeChange>> rows) => Tree(rows.Select(row => new TreeRow(metric, row)));

    private static ReportTable Tree(IEnumerable<TreeRow> rows) => ReportTable.Of(
        rows,
        [
            MetricColumn<TreeRow>(row => row.Metric),
            new("depth", "Depth", ColumnKind.Count, row => row.Line.Depth) { Placement = ColumnPlacement.Data },
            .. Changes<TreeRow>(row => row.Line.Node.Total),
            new("selfChangeBytes", "Self", ColumnKind.Figure, row => Figure.ChangeOf(Kind(row.Line.Node.Self), row.Line.Node.Self.Difference))
            {
                Placement = ColumnPlacement.Data,
            },
            new("method", "Method", ColumnKind.Method, row => row.Line.Frame?.Method) { Placement = ColumnPlacement.Data },
            new("file", "File", ColumnKind.Text, row => row.Line.Frame?.File) { Placement = ColumnPlacement.Data },
            new("line", "Line", ColumnKind.Count, row => row.Line.Frame?.Line) { Placement = ColumnPlacement.Data },
            new("tree", "Call tree", ColumnKind.TreeLine, row => row.Line) { Placement = ColumnPlacement.Screen },
        ]);

    /// <summary>What kind of number a compared amount is.</summary>
    /// <param name="change">The amount.</param>
    public static ColumnKind Kind(Change change) => change?.Unit switch
    {
        AmountUnit.BytesPerSecond => ColumnKind.Rate,
        AmountUnit.Share => ColumnKind.Share,
        _ => ColumnKind.Bytes,
    };

    private static Column<TRow> MetricColumn<TRow>(Func<TRow, ComparisonMetric> metric) =>
        new("metric", "Metric", ColumnKind.Text, row => ComparisonNames.Of(metric(row))) { Placement = ColumnPlacement.Data };

    private static Column<Row> TypeColumn { get; } = new("type", "Type", ColumnKind.Type, row => row.Type);

    // Where the screen is narrow, the error leaves first, then the percentage.
    private static ImmutableArray<Column<TRow>> Changes<TRow>(Func<TRow, Change> change, int rank = 1) =>
    [
        new("unit", "Unit", ColumnKind.Text, row => ComparisonNames.Of(change(row).Unit)) { Placement = ColumnPlacement.Data },
        new("beforeBytes", "Before", ColumnKind.Figure, row => Figure.Of(Kind(change(row)), change(row).Before)),
        new("afterBytes", "After", ColumnKind.Figure, row => Figure.Of(Kind(change(row)), change(row).After)),
        new("changeBytes", "Change", ColumnKind.Figure, row => Figure.ChangeOf(Kind(change(row)), change(row).Difference)),
        new("changeRatio", "Change %", ColumnKind.Figure, row => Figure.ChangeOf(ColumnKind.Ratio, change(row).Ratio)) { Rank = rank },
        new("errorBytes", "Error", ColumnKind.Error, row => Figure.Of(Kind(change(row)), change(row).Error)) { Rank = rank + 1 },
        new("significant", "Significant", ColumnKind.Flag, row => change(row).Significant) { Placement = ColumnPlacement.Data },
        new("tag", "Tag", ColumnKind.Tag, row => change(row).Tag),
    ];

    private sealed record MemoryRow(MemoryFigure Figure, double? Before, double? After)
    {
        public double? Difference => After - Before;

        public double? Ratio => Before > 0 ? Difference / Before : null;
    }

    private sealed record Row(ComparisonMetric Metric, string Type, Frame? Site, Change Change);

    private sealed record TreeRow(ComparisonMetric Metric, CallTreeRow<CallTreeChange> Line);
}
