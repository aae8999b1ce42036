using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of a comparison.</summary>
internal static class ComparisonTables
{
    /// <summary>Memory, collections and pauses.</summary>
    /// <param name="comparison">The comparison.</param>
    public static ReportTable Memory(ProfileComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return ReportTable.Of(
            MemoryFigure.For(comparison.Normalization).Select(figure => FigureChange.Of(figure, comparison)).Where(row => row.Before is not null || row.After is not null),
            [
                new("figure", "", ColumnKind.Text, row => row.Figure.Key) { Placement = ColumnPlacement.Data },
                new("title", "", ColumnKind.Text, row => row.Figure.Title) { Placement = ColumnPlacement.Screen },
                .. FigureChange.Columns,
                new("changeRatio", "Change %", ColumnKind.Number, row => Figure.ChangeOf(Unit.Ratio, row.Ratio)),
            ]);
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
        var rows = from metric in metrics from change in metric.Sites select new Row(metric.Metric, change.Type, change.Site, change.Change);
        var site = new SiteColumns<Row>(row => row.Site);
        return ReportTable.Of(
            rows,
            [
                MetricColumn<Row>(row => row.Metric),
                .. Changes<Row>(row => row.Change, rank: 2),
                TypeColumn,
                site.Method with { Rank = 1 },
                .. site.Source,
                site.Location with { Rank = 4 },
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
            CallTreeColumns.Depth<TreeRow>(row => row.Line),
            .. Changes<TreeRow>(row => row.Line.Node.Total),
            new("selfChangeBytes", "Self", ColumnKind.Number, row => Figure.ChangeOf(row.Line.Node.Self.Unit, row.Line.Node.Self.Difference)) { Placement = ColumnPlacement.Data },
            .. CallTreeColumns.Frame<TreeRow>(row => row.Line),
        ]);

    // On a narrow screen the error gives way first, then the percentage.
    internal static ImmutableArray<Column<TRow>> Changes<TRow>(Func<TRow, Change> change, int rank = 1) =>
    [
        new("unit", "Unit", ColumnKind.Text, row => DataName.Of(change(row).Unit)) { Placement = ColumnPlacement.Data },
        new("beforeBytes", "Before", ColumnKind.Number, row => Figure.Of(change(row).Unit, change(row).Before)),
        new("afterBytes", "After", ColumnKind.Number, row => Figure.Of(change(row).Unit, change(row).After)),
        new("changeBytes", "Change", ColumnKind.Number, row => Figure.ChangeOf(change(row).Unit, change(row).Difference)),
        new("changeRatio", "Change %", ColumnKind.Number, row => Figure.ChangeOf(Unit.Ratio, change(row).Ratio)) { Rank = rank },
        new("errorBytes", "Error", ColumnKind.Error, row => Figure.Of(change(row).Unit, change(row).Error)) { Rank = rank + 1 },
        new("significant", "Significant", row => change(row).Significant) { Placement = ColumnPlacement.Data },
        new("tag", "Tag", ColumnKind.Tag, row => new TagCell(change(row).Tag)),
        new("beforeSamples", "Samples before", Unit.Count, row => change(row).BeforeSamples) { Placement = ColumnPlacement.Data },
        new("afterSamples", "Samples after", Unit.Count, row => change(row).AfterSamples) { Placement = ColumnPlacement.Data },
    ];

    private static Column<TRow> MetricColumn<TRow>(Func<TRow, ComparisonMetric> metric) =>
        new("metric", "Metric", ColumnKind.Text, row => DataName.Of(metric(row))) { Placement = ColumnPlacement.Data };

    private static Column<Row> TypeColumn { get; } = new("type", "Type", ColumnKind.Type, row => row.Type);

    private sealed record Row(ComparisonMetric Metric, string Type, Frame? Site, Change Change);

    private sealed record TreeRow(ComparisonMetric Metric, CallTreeRow<CallTreeChange> Line);
}
