using Memtrace.Analysis.Comparison;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>One metric before and after: its total, and its changes by type, call site and call tree.</summary>
/// <param name="page">Where to write.</param>
/// <param name="metric">The metric.</param>
/// <param name="options">What to show, and how.</param>
internal sealed class MetricSection(ReportPage page, MetricComparison metric, DiffOptions options)
{
    private readonly string _title = Title(metric.Metric);

    /// <summary>Writes each metric of a comparison that is shown, and which ones could not be compared.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="options">What to show, and how.</param>
    /// <param name="writeLists">Writes the lists of a metric.</param>
    public static void WriteAll(ReportPage page, ProfileComparison comparison, DiffOptions options, Action<MetricSection> writeLists)
    {
        if (options.Metric == ComparisonMetric.Rss)
            return;
        foreach (var metric in comparison.Metrics.Where(metric => options.Metric is not null || metric.Metric != ComparisonMetric.Peak))
        {
            var section = new MetricSection(page, metric, options);
            section.WriteTotal();
            writeLists(section);
        }

        if (options.Metric is null)
            WriteMissing(page, comparison);
    }

    /// <summary>Writes the changes by type.</summary>
    /// <param name="isShown">Which ones.</param>
    public void WriteTypes(Func<Change, bool> isShown)
    {
        var shown = metric.Types.Where(type => isShown(type.Change)).Take(options.Lines).ToList();
        WriteList(
            $"{_title} by type",
            [.. metric.Types.Select(type => type.Change)],
            [.. shown.Select(type => type.Change)],
            ComparisonTables.Types([metric with { Types = [.. shown] }]));
    }

    /// <summary>Writes the changes by call site.</summary>
    /// <param name="isShown">Which ones.</param>
    public void WriteSites(Func<Change, bool> isShown)
    {
        var shown = metric.Sites.Where(site => isShown(site.Change)).Take(options.Lines).ToList();
        WriteList(
            $"{_title} by call site",
            [.. metric.Sites.Select(site => site.Change)],
            [.. shown.Select(site => site.Change)],
            ComparisonTables.Sites([metric with { Sites = [.. shown] }]));
    }

    /// <summary>Writes the branches of the call tree that changed most.</summary>
    public void WriteTree()
    {
        if (metric.Tree is not { Weight: > 0 } root)
            return;
        page.Section($"{_title} by call tree", "the branches that changed most");
        TextTable.Write(page, ComparisonTables.Tree(metric.Metric, CallTreeRows.Heaviest(root, minimumShare: 0, options.Lines, CallTreeFolding.Callees)));
    }

    private void WriteTotal()
    {
        page.Section(_title);
        page.Line(
            new("  " + ChangeText.Format(metric.Total, page.Glyphs), Theme.Title),
            new(metric.Total.Significant ? "" : "  within noise", Theme.Quiet));
        if (options.Filter is { } filter)
            page.Paragraph($"Filter {TerminalText.Clean(filter)}", Theme.Quiet, new("  ", Theme.Plain));
    }

    private void WriteList(string title, List<Change> all, List<Change> shown, ReportTable table)
    {
        var (changed, changedShown) = (all.Count(change => change.Significant), shown.Count(change => change.Significant));
        page.Section(title, $"{Count.Format(changedShown)} of {Count.Format(changed)} that changed");
        if (shown.Count > 0)
            TextTable.Write(page, table);
        var noise = all.Count - changed - (shown.Count - changedShown);
        if (noise > 0)
            page.Line(new TextRun($"  {Count.Format(noise)} more within noise", Theme.Quiet));
    }

    /// <summary>Lists the metrics that only one recording has; those that neither has are not mentioned.</summary>
    private static void WriteMissing(ReportPage page, ProfileComparison comparison)
    {
        ComparisonMetric[] expected = [ComparisonMetric.Allocated, ComparisonMetric.Live];
        foreach (var metric in expected.Where(metric => comparison.By(metric) is null))
        {
            if (metric == ComparisonMetric.Live && comparison is { Before.Live: null, After.Live: null })
                continue;
            page.Section(Title(metric));
            foreach (var reason in new[] { comparison.Before, comparison.After }.Select(profile => Reason(profile, metric)).OfType<string>().Distinct())
                page.Paragraph($"Not compared: {reason}.", Theme.Quiet, new("  ", Theme.Plain));
        }
    }

    private static string? Reason(MemoryProfile profile, ComparisonMetric metric) =>
        MetricAmounts.Missing(profile, metric) is { } missing ? $"{TerminalText.Clean(profile.Recording.File)} {MissingDataText.Of(missing)}" : null;

    private static string Title(ComparisonMetric metric) => metric switch
    {
        ComparisonMetric.Live => "Live at the end",
        ComparisonMetric.Peak => "Live at the peak",
        _ => "Allocated",
    };
}
