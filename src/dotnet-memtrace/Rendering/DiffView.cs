using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A view of a comparison.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows, for the help.</param>
/// <param name="Top">The number of lines in a list, unless the user specifies it.</param>
/// <param name="Write">Writes it for people.</param>
/// <param name="Table">Makes a table of it.</param>
internal sealed record DiffView(
    string Name,
    string Description,
    int Top,
    Action<ReportPage, ProfileComparison, DiffOptions> Write,
    Func<ProfileComparison, DiffOptions, ReportTable> Table)
    : View(Name, Description, Top)
{
    /// <summary>Memory, and changes by type and call site.</summary>
    public static DiffView Summary { get; } = new("summary", "an overview", SummaryTop, WriteSummary, (comparison, _) => SummaryTable.Of(comparison));

    /// <summary>By type.</summary>
    public static DiffView Types { get; } = new(
        "types",
        "changes by type",
        ListTop,
        (page, comparison, options) => MetricSection.WriteAll(page, comparison, options, section => section.WriteTypes(_ => true)),
        (comparison, _) => ComparisonTables.Types(comparison.Metrics))
    { IsOfMetrics = true };

    /// <summary>By type and call site.</summary>
    public static DiffView Sites { get; } = new(
        "sites",
        "changes by type and call site",
        ListTop,
        (page, comparison, options) => MetricSection.WriteAll(page, comparison, options, section => section.WriteSites(_ => true)),
        (comparison, _) => ComparisonTables.Sites(comparison.Metrics))
    { IsOfMetrics = true };

    /// <summary>The call tree.</summary>
    public static DiffView Tree { get; } = new(
        "tree",
        "changes by call tree",
        TreeLines,
        (page, comparison, options) => MetricSection.WriteAll(page, comparison, options, section => section.WriteTree()),
        (comparison, options) => ComparisonTables.Tree(comparison.Metrics).First(options.Top))
    { IsOfMetrics = true };

    /// <summary>Memory, collections and pauses.</summary>
    public static DiffView Memory { get; } = new(
        "memory", "memory, collections and pauses", ListTop, (page, comparison, _) => DiffMemorySection.Write(page, comparison), (comparison, _) => ComparisonTables.Memory(comparison));

    /// <summary>The resident set by category.</summary>
    public static DiffView Breakdown { get; } = new(
        "breakdown",
        "resident memory by category",
        ListTop,
        (page, comparison, _) => DiffMemorySection.WriteBreakdown(page, comparison),
        (comparison, _) => BreakdownTables.Changes(comparison.Breakdown));

    /// <summary>All views.</summary>
    public static ImmutableArray<DiffView> All { get; } = [Summary, Types, Sites, Tree, Memory, Breakdown];

    /// <summary>Whether it only has metrics with types and call sites.</summary>
    public bool IsOfMetrics { get; private init; }

    private static void WriteSummary(ReportPage page, ProfileComparison comparison, DiffOptions options)
    {
        DiffMemorySection.Write(page, comparison);
        if (!comparison.Before.Breakdown.IsEmpty || !comparison.After.Breakdown.IsEmpty)
            DiffMemorySection.WriteBreakdown(page, comparison);
        MetricSection.WriteAll(page, comparison, options, section =>
        {
            section.WriteTypes(change => change.Significant);
            section.WriteSites(change => change.Significant);
        });
    }
}
