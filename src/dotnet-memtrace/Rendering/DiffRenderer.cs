using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes a comparison as text for people.</summary>
internal static class DiffRenderer
{
    private const int SummaryTop = 10;
    private const int ListTop = 30;
    private const int TreeLines = 50;

    /// <summary>Writes a view.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="console">Where to.</param>
    /// <param name="options">What, and how.</param>
    public static void Write(ProfileComparison comparison, IAnsiConsole console, DiffOptions options)
    {
        var page = new ReportPage(console);
        WriteHeader(page, comparison);
        if (options.View is DiffView.Summary or DiffView.Memory)
            WriteMemory(page, comparison);
        if (options.View is DiffView.Summary or DiffView.Breakdown)
            WriteBreakdown(page, comparison, isAskedFor: options.View == DiffView.Breakdown);
        if (options.View is DiffView.Memory or DiffView.Breakdown || options.Metric == ComparisonMetric.Rss)
            return;

        foreach (var metric in comparison.Metrics.Where(metric => options.Metric is not null || metric.Metric != ComparisonMetric.Peak))
            WriteMetric(page, metric, options);
        WriteMissing(page, comparison, options);
    }

    private static void WriteHeader(ReportPage page, ProfileComparison comparison)
    {
        var (before, after) = (comparison.Before, comparison.After);
        HeaderSection.WriteShort(page, "Before", before);
        HeaderSection.WriteShort(page, "After", after);
        HeaderSection.Fact(page, "Compared", Compared(comparison.Normalization));
        foreach (var difference in Differences(before, after))
            page.Paragraph(difference, Theme.Warning, new("! ", Theme.Warning));
    }

    private static string Compared(Normalization normalization) => normalization switch
    {
        Normalization.Seconds => "allocations and collections by time, live bytes and memory as they stand",
        Normalization.Bytes => "allocations as shares of all that was allocated, collections by time, live bytes and memory as they stand",
        _ => "everything as it stands, whatever the lengths of the recordings",
    };

    /// <summary>What makes a difference without the program having changed.</summary>
    private static IEnumerable<string> Differences(MemoryProfile before, MemoryProfile after)
    {
        var (runtimeBefore, runtimeAfter) = (HeaderSection.Runtime(before.Process), HeaderSection.Runtime(after.Process));
        if (runtimeBefore != runtimeAfter)
            yield return $"Not in the same surroundings: {Known(runtimeBefore)} before; {Known(runtimeAfter)} after.";
        var (samplingBefore, samplingAfter) = (before.Allocations.Sampling, after.Allocations.Sampling);
        if (samplingBefore == AllocationSampling.Tick || samplingAfter == AllocationSampling.Tick)
            yield return "Errors of ticks are nominal: they hold where allocation has no pattern.";
        if (samplingBefore != samplingAfter && samplingBefore != AllocationSampling.None && samplingAfter != AllocationSampling.None)
            yield return "Samples on one side and ticks on the other: types and call sites may differ without a cause.";

        static string Known(string runtime) => runtime.Length == 0 ? "unknown" : runtime;
    }

    private static void WriteMemory(ReportPage page, ProfileComparison comparison)
    {
        page.Section("Memory");
        TextTable.Write(page, ComparisonTables.Memory(comparison));
    }

    /// <summary>The last moment of each. What neither of them holds nobody misses, unless it is asked for.</summary>
    private static void WriteBreakdown(ReportPage page, ProfileComparison comparison, bool isAskedFor)
    {
        if (comparison.Breakdown is { } change)
        {
            page.Section(BreakdownSection.Title, $"at {Duration.Format(change.Before.AtSeconds)} before, at {Duration.Format(change.After.AtSeconds)} after");
            TextTable.Write(page, BreakdownTables.Changes(change));
            return;
        }

        var silent = new[] { comparison.Before, comparison.After }.Where(profile => profile.Breakdown.IsEmpty).Select(profile => profile.Recording.File).Distinct().ToList();
        if (!isAskedFor && comparison is { Before.Breakdown: [], After.Breakdown: [] })
            return;
        page.Section(BreakdownSection.Title);
        foreach (var file in silent)
            page.Paragraph($"Not compared: {TerminalText.Clean(file)} does not say where the resident set is.", Theme.Quiet, new("  ", Theme.Plain));
    }

    private static void WriteMetric(ReportPage page, MetricComparison metric, DiffOptions options)
    {
        page.Section(Title(metric.Metric));
        page.Line(
            new("  " + ChangeText.Format(metric.Total, page.Glyphs), Theme.Title),
            new(metric.Total.Significant ? "" : "  inside the noise", Theme.Quiet));
        if (options.Filter is { } filter)
            page.Paragraph($"Filter {TerminalText.Clean(filter)}", Theme.Quiet, new("  ", Theme.Plain));
        switch (options.View)
        {
            case DiffView.Types:
                WriteTypes(page, metric, options.Top ?? ListTop, withNoise: true);
                break;
            case DiffView.Sites:
                WriteSites(page, metric, options.Top ?? ListTop, withNoise: true);
                break;
            case DiffView.Tree:
                WriteTree(page, metric, options.Top ?? TreeLines);
                break;
            default:
                WriteTypes(page, metric, options.Top ?? SummaryTop, withNoise: false);
                WriteSites(page, metric, options.Top ?? SummaryTop, withNoise: false);
                break;
        }
    }

    private static void WriteTypes(ReportPage page, MetricComparison metric, int top, bool withNoise)
    {
        var shown = metric.Types.Where(type => withNoise || type.Change.Significant).Take(top).ToList();
        WriteList(
            page,
            $"{Title(metric.Metric)} by type",
            [.. metric.Types.Select(type => type.Change)],
            [.. shown.Select(type => type.Change)],
            ComparisonTables.Types([metric with { Types = [.. shown] }]));
    }

    private static void WriteSites(ReportPage page, MetricComparison metric, int top, bool withNoise)
    {
        var shown = metric.Sites.Where(site => withNoise || site.Change.Significant).Take(top).ToList();
        WriteList(
            page,
            $"{Title(metric.Metric)} by call site",
            [.. metric.Sites.Select(site => site.Change)],
            [.. shown.Select(site => site.Change)],
            ComparisonTables.Sites([metric with { Sites = [.. shown] }]));
    }

    private static void WriteList(ReportPage page, string title, List<Change> all, List<Change> shown, ReportTable table)
    {
        var (changed, changedShown) = (all.Count(change => change.Significant), shown.Count(change => change.Significant));
        page.Section(title, $"{Count.Format(changedShown)} of {Count.Format(changed)} that changed");
        if (shown.Count > 0)
            TextTable.Write(page, table);
        var noise = all.Count - changed - (shown.Count - changedShown);
        if (noise > 0)
            page.Line(new TextRun($"  {Count.Format(noise)} more inside the noise", Theme.Quiet));
    }

    private static void WriteTree(ReportPage page, MetricComparison metric, int lines)
    {
        if (metric.Tree is not { Weight: > 0 } root)
            return;
        page.Section($"{Title(metric.Metric)} by call tree", "the branches where most changed");
        TextTable.Write(page, ComparisonTables.Tree(metric.Metric, CallTreeRows.Heaviest(root, minimumShare: 0, lines, CallTreeFolding.TopDown)));
    }

    /// <summary>Says what could have been compared if both recordings held it. What neither of them holds nobody misses.</summary>
    private static void WriteMissing(ReportPage page, ProfileComparison comparison, DiffOptions options)
    {
        ComparisonMetric[] expected = [ComparisonMetric.Allocated, ComparisonMetric.Live];
        foreach (var metric in expected.Where(metric => options.Metric is null && comparison.By(metric) is null))
        {
            var reasons = new[] { comparison.Before, comparison.After }
                .Select(profile => (profile.Recording.File, Missing: MetricAmounts.Missing(profile, metric)))
                .Where(item => item.Missing is not null)
                .Distinct()
                .ToList();
            if (metric == ComparisonMetric.Live && comparison is { Before.Live: null, After.Live: null })
                continue;
            page.Section(Title(metric));
            foreach (var (file, missing) in reasons)
                page.Paragraph($"Not compared: {TerminalText.Clean(file)} {MissingDataText.Of(missing!.Value)}.", Theme.Quiet, new("  ", Theme.Plain));
        }
    }

    private static string Title(ComparisonMetric metric) => metric switch
    {
        ComparisonMetric.Live => "Live at the end",
        ComparisonMetric.Peak => "Live at the peak",
        _ => "Allocated",
    };
}
