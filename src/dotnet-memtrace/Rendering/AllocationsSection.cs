using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Allocations: by type, by call site, as a call tree.</summary>
internal static class AllocationsSection
{
    /// <summary>Writes what was allocated in all.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="filter">What they were filtered by, or null.</param>
    public static void WriteTotal(ReportPage page, AllocationProfile allocations, AppliedFilter? filter)
    {
        page.Section("Allocations");
        if (allocations.Sampling == AllocationSampling.None)
        {
            page.Line(new TextRun("  The recording has no allocation events.", Theme.Quiet));
            return;
        }

        var total = allocations.Total;
        page.Line(
            new("  " + Amount(page, allocations, total), Theme.Title),
            new($"  {ByteSize.FormatRate(allocations.BytesPerSecond)}, {Count.Format(total.Objects)} objects, {Count.Format(total.Samples)} samples", Theme.Plain));
        if (filter is not null)
            page.Paragraph(Filtered(page, allocations, filter), Theme.Quiet, new("  ", Theme.Plain));
    }

    /// <summary>Writes the allocations by type.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="selection">Which types.</param>
    public static void WriteTypes(ReportPage page, AllocationProfile allocations, AllocationSelection selection)
    {
        var selected = selection.Apply(allocations);
        WriteList(page, allocations, "Allocations by type", allocations.Types.Length, [.. selected.Types.Select(type => type.Allocated)], AllocationTables.Types(selected));
    }

    /// <summary>Writes the allocations by call site.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="selection">Which call sites.</param>
    public static void WriteSites(ReportPage page, AllocationProfile allocations, AllocationSelection selection)
    {
        var selected = selection.Apply(allocations);
        WriteList(page, allocations, "Allocations by call site", allocations.Sites.Length, [.. selected.Sites.Select(site => site.Allocated)], AllocationTables.Sites(selected));
    }

    /// <summary>Writes the call tree.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="options">How.</param>
    /// <param name="lines">How many lines at most.</param>
    public static void WriteTree(ReportPage page, AllocationProfile allocations, ReportOptions options, int lines)
    {
        var root = CallTree.Build(allocations, options.Inverted);
        var rows = CallTreeRows.Heaviest(root, options.MinimumShare, lines);
        if (rows.IsEmpty)
            return;
        page.Section(
            options.Inverted ? "Callers of what allocates" : "Call tree",
            $"down to {ByteSize.Format(rows.Min(row => row.Node.Total.Bytes))}");
        TextTable.Write(page, CallTreeTable.Of(allocations, rows));
        WriteLegend(page, allocations, rows.Select(row => row.Node.Total));
    }

    private static void WriteList(ReportPage page, AllocationProfile allocations, string title, int count, List<Estimate> shown, ReportTable table)
    {
        if (shown.Count == 0)
            return;
        var share = Percent.Share(shown.Sum(estimate => estimate.Bytes), allocations.Total.Bytes);
        page.Section(title, $"{Count.Format(shown.Count)} of {Count.Format(count)}, {Percent.Format(share)} of {ByteSize.Format(allocations.Total.Bytes)}");
        TextTable.Write(page, table);
        WriteLegend(page, allocations, shown);
    }

    private static void WriteLegend(ReportPage page, AllocationProfile allocations, IEnumerable<Estimate> shown)
    {
        if (allocations.Sampling == AllocationSampling.Randomized && shown.Any(estimate => estimate.HasTooFewSamples))
            page.Line(new TextRun("  " + Uncertainty.UnknownMeaning, Theme.Quiet));
    }

    private static string Amount(ReportPage page, AllocationProfile allocations, Estimate estimate) =>
        allocations.Sampling == AllocationSampling.Randomized
            ? $"{ByteSize.Format(estimate.Bytes)} {Uncertainty.Format(estimate, page.Glyphs)}"
            : ByteSize.Format(estimate.Bytes);

    private static string Filtered(ReportPage page, AllocationProfile allocations, AppliedFilter filter) =>
        $"Filter {TerminalText.Clean(filter.Pattern)}: {Percent.Format(Percent.Share(allocations.Total.Bytes, filter.Unfiltered.Bytes))} of all "
        + Amount(page, allocations, filter.Unfiltered);
}
