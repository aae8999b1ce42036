using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A view of a heap.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows, for the help.</param>
/// <param name="Top">The number of lines in a list, unless the user specifies it.</param>
/// <param name="Write">Writes it for people.</param>
/// <param name="Table">Makes a table of it.</param>
internal sealed record HeapView(
    string Name, string Description, int Top, Action<HeapSections, HeapOptions> Write, Func<HeapProfile, HeapOptions, ReportTable> Table)
    : View(Name, Description, Top)
{
    private const int SummarySuspects = 5;
    private const int SummaryLines = 20;

    /// <summary>Whether it shows what a histogram has: counts of objects by type and size.</summary>
    public bool IsOfHistogram => this == Summary || this == Types || this == Sizes;

    /// <summary>An overview.</summary>
    public static HeapView Summary { get; } = new(
        "summary", "suspects, types, what holds what, roots", SummaryTop, WriteSummary, (profile, _) => HeapTables.Types(profile));

    /// <summary>Where memory accumulates.</summary>
    public static HeapView Suspects { get; } = new(
        "suspects",
        "where memory accumulates, in one sentence each",
        ListTop,
        (sections, options) => sections.WriteSuspects(options.Lines),
        (profile, _) => HeapTables.Suspects(profile.Suspects));

    /// <summary>By type.</summary>
    public static HeapView Types { get; } = new(
        "types",
        "objects and bytes by type, and what would be freed without them",
        ListTop,
        (sections, options) => sections.WriteTypes(options.Lines),
        (profile, _) => HeapTables.Types(profile));

    /// <summary>What holds what.</summary>
    public static HeapView Retainers { get; } = new(
        "retainers",
        "what holds what, from the roots down, merged by type",
        TreeLines,
        (sections, options) => sections.WriteRetainers(options.Lines),
        (profile, _) => HeapTables.Retainers(profile, HeapRetainerRow.All(profile.Retainers), row => HeapTables.Path(row.Retainer.Path)));

    /// <summary>How objects of some types are held.</summary>
    public static HeapView Paths { get; } = new(
        "paths",
        "how the objects of --type are held: the best path to a root",
        ListTop,
        (sections, options) => sections.WritePaths(options),
        (_, options) => HeapTables.Paths(options.Paths));

    /// <summary>By root.</summary>
    public static HeapView Roots { get; } = new(
        "roots",
        "static fields, threads, handles, the finalizer queue",
        ListTop,
        (sections, options) => sections.WriteRoots(options.Lines),
        (profile, _) => HeapTables.Roots(profile));

    /// <summary>By size.</summary>
    public static HeapView Sizes { get; } = new(
        "sizes", "how large the objects are", ListTop, (sections, options) => sections.WriteSizes(options.Lines), (profile, _) => HeapTables.Sizes(profile));

    /// <summary>What threads do.</summary>
    public static HeapView Threads { get; } = new(
        "threads",
        "exceptions, and threads by their stacks (core dump or copy)",
        ListTop,
        (sections, options) =>
        {
            sections.Dump.WriteExceptions();
            sections.Dump.WriteThreads(options.Lines);
        },
        (profile, _) => DumpTables.Threads(profile.Facts.Dump));

    /// <summary>Strings of which there are several.</summary>
    public static HeapView Strings { get; } = new(
        "strings",
        "strings with the same characters (core dump or copy)",
        ListTop,
        (sections, options) => sections.Dump.WriteStrings(options.Lines),
        (profile, _) => DumpTables.Strings(profile.Facts.Dump));

    /// <summary>Arrays of which there are several, and those that contain nothing.</summary>
    public static HeapView Arrays { get; } = new(
        "arrays",
        "arrays with the same content, arrays of zeros, empty ones (core dump or copy)",
        ListTop,
        (sections, options) => sections.Dump.WriteArrays(options.Lines),
        (profile, _) => DumpTables.Arrays(profile.Facts.Dump));

    /// <summary>How much of their capacity collections use.</summary>
    public static HeapView Collections { get; } = new(
        "collections",
        "empty and oversized lists, dictionaries and the like (core dump or copy)",
        ListTop,
        (sections, options) => sections.Dump.WriteCollections(options.Lines),
        (profile, _) => DumpTables.Collections(profile.Facts.Dump));

    /// <summary>Async methods that wait.</summary>
    public static HeapView Async { get; } = new(
        "async",
        "async methods that have not ended, with the await that each waits at, and timers (core dump or copy)",
        ListTop,
        (sections, options) =>
        {
            sections.Dump.WriteCalls(options.Lines);
            sections.Dump.WriteTimers(options.Lines);
        },
        (profile, _) => DumpTables.Calls(profile.Facts.Dump));

    /// <summary>Timers.</summary>
    public static HeapView Timers { get; } = new(
        "timers",
        "timers by what they call, and when (core dump or copy)",
        ListTop,
        (sections, options) => sections.Dump.WriteTimers(options.Lines),
        (profile, _) => DumpTables.Timers(profile.Facts.Dump));

    /// <summary>By load context.</summary>
    public static HeapView Contexts { get; } = new(
        "contexts",
        "objects by the AssemblyLoadContext of their types (core dump or copy)",
        ListTop,
        (sections, options) => sections.Dump.WriteLoadContexts(options.Lines),
        (profile, _) => DumpTables.LoadContexts(profile.Facts.Dump));

    /// <summary>By generation.</summary>
    public static HeapView Generations { get; } = new(
        "generations",
        "objects and gaps by generation, gaps by region, and what pins them (core dump or copy)",
        ListTop,
        (sections, options) =>
        {
            sections.Dump.WriteGenerations();
            sections.Dump.WriteRegions(options.Lines);
        },
        (profile, _) => DumpTables.Generations(profile.Facts.Dump));

    /// <summary>All views.</summary>
    public static ImmutableArray<HeapView> All { get; } = [Summary, Suspects, Types, Retainers, Paths, Roots, Sizes, Generations, Strings, Arrays, Collections, Async, Timers, Contexts, Threads];

    private static void WriteSummary(HeapSections sections, HeapOptions options)
    {
        sections.Dump.WriteExceptions();
        sections.WriteSuspects(options.Top ?? SummarySuspects);
        sections.WriteTypes(options.Lines);
        sections.WriteRetainers(options.Top ?? SummaryLines);
        sections.WriteRoots(options.Lines);
        if (sections.IsOfDump)
            sections.Dump.WriteGenerations();
    }
}
