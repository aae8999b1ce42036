using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A view of a report.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows, for the help.</param>
/// <param name="Top">The number of lines in a list, unless the user specifies it.</param>
/// <param name="Write">Writes it for people.</param>
/// <param name="Table">Makes a table of it.</param>
internal sealed record ReportView(
    string Name,
    string Description,
    int Top,
    Action<ReportPage, MemoryProfile, ReportOptions> Write,
    Func<MemoryProfile, ReportOptions, ReportTable> Table)
    : View(Name, Description, Top)
{
    /// <summary>An overview.</summary>
    public static ReportView Summary { get; } = new("summary", "an overview", SummaryTop, SummarySection.Write, (profile, _) => SummaryTable.Of(profile));

    /// <summary>The findings.</summary>
    public static ReportView Findings { get; } = new(
        "findings",
        "conclusions, with advice",
        ListTop,
        (page, profile, options) => FindingsSection.Write(page, profile, options.Lines),
        (profile, options) => FindingTable.Of(profile.Findings).First(options.Top));

    /// <summary>The resident set by category.</summary>
    public static ReportView Breakdown { get; } = new(
        "breakdown",
        "resident memory by category",
        ListTop,
        (page, profile, options) =>
        {
            BreakdownSection.Write(page, profile);
            BreakdownSection.WriteOverTime(page, profile, options.Lines);
        },
        (profile, options) => BreakdownTables.Each(profile.Breakdown).First(options.Top));

    /// <summary>Allocations by type.</summary>
    public static ReportView Types { get; } = new(
        "types",
        "allocations by type",
        ListTop,
        (page, profile, options) =>
        {
            AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
            AllocationsSection.WriteTypes(page, profile.Allocations, options.Selection);
        },
        (profile, options) => AllocationTables.Types(options.All.Apply(profile.Allocations)));

    /// <summary>Allocations by call site.</summary>
    public static ReportView Sites { get; } = new(
        "sites",
        "allocations by call site",
        ListTop,
        (page, profile, options) =>
        {
            AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
            AllocationsSection.WriteSites(page, profile.Allocations, options.Selection);
        },
        (profile, options) => AllocationTables.Sites(options.All.Apply(profile.Allocations)));

    /// <summary>A call tree.</summary>
    public static ReportView Tree { get; } = new("tree", "call tree of --value", TreeLines, CallTreeSection.Write, (profile, options) => CallTreeTable.Of(
        profile.Allocations.Sampling,
        CallTreeRows.All(CallTreeSection.Root(profile, options), options.MinimumShare),
        options.Direction).First(options.Top));

    /// <summary>The live heap at the end.</summary>
    public static ReportView Live { get; } = OfSnapshot("live", "live heap at the end", live => live.End);

    /// <summary>The live heap at its peak.</summary>
    public static ReportView Peak { get; } = OfSnapshot("peak", "live heap at its peak", live => live.Peak);

    /// <summary>Growing survivors.</summary>
    public static ReportView Growth { get; } = new(
        "growth",
        "call sites whose live objects grow",
        ListTop,
        (page, profile, options) => GrowthSection.Write(page, profile, Known(profile), options.Selection),
        (profile, options) => GrowthTable.Of(options.All.Apply(Known(profile)).Growth, profile.Allocations.Sampling))
    { NeedsSurvival = true };

    /// <summary>Object lifetimes.</summary>
    public static ReportView Lifetimes { get; } = new(
        "lifetimes",
        "in which generations objects die",
        ListTop,
        (page, profile, options) => LifetimesSection.Write(page, Known(profile), profile.Allocations.Sampling, options.Selection),
        (profile, options) => LifetimeTable.Of(options.All.Apply(Known(profile)).Lifetimes, profile.Allocations.Sampling))
    { NeedsSurvival = true };

    /// <summary>Garbage collections.</summary>
    public static ReportView Collections { get; } = new(
        "collections",
        "garbage collections",
        ListTop,
        (page, profile, options) =>
        {
            CollectionsSection.WriteSummary(page, profile);
            CollectionsSection.WriteLongest(page, profile.Collections, options.Lines);
        },
        (profile, options) => CollectionTables.Each(profile.Collections.Items).First(options.Top));

    /// <summary>Memory over time.</summary>
    public static ReportView Timeline { get; } = new(
        "timeline",
        "memory over time",
        ListTop,
        (page, profile, options) =>
        {
            TimelineSection.WriteCurves(page, profile);
            TimelineSection.WriteTable(page, profile, options.Lines);
        },
        (profile, options) => TimelineTable.Of(profile.Timeline, profile.Recording.WindowStartSeconds).First(options.Top));

    /// <summary>All views.</summary>
    public static ImmutableArray<ReportView> All { get; } =
        [Summary, Findings, Breakdown, Types, Sites, Tree, Live, Peak, Growth, Lifetimes, Collections, Timeline];

    /// <summary>Whether only a recording with survival can show it.</summary>
    public bool NeedsSurvival { get; private init; }

    private static ReportView OfSnapshot(string name, string description, Func<LiveHeapProfile, LiveSnapshot> snapshot) => new(
        name,
        description,
        ListTop,
        (page, profile, options) =>
        {
            var section = new LiveHeapSection(page, Known(profile), profile.Allocations.Sampling);
            section.WriteSnapshot(snapshot(Known(profile)), options);
            section.WriteLegend();
        },
        (profile, options) => LiveTables.Sites(options.All.Apply(snapshot(Known(profile))), profile.Allocations.Sampling))
    { NeedsSurvival = true };

    private static LiveHeapProfile Known(MemoryProfile profile) => profile.Live ?? throw new InvalidOperationException("The recording has no survival data.");
}
