using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A view of what changed between two heap snapshots, declared once for the command line, the screen and CSV.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows, for the help.</param>
/// <param name="Top">The number of lines in a list, unless the user specifies it.</param>
/// <param name="Write">Writes it for people, with this many lines in each list.</param>
/// <param name="Table">Makes a table of it.</param>
internal sealed record HeapDiffView(string Name, string Description, int Top, Action<HeapDiffSections, int> Write, Func<HeapComparison, ReportTable> Table)
    : View(Name, Description, Top)
{
    /// <summary>An overview.</summary>
    public static HeapDiffView Summary { get; } = new("summary", "an overview", SummaryTop, WriteSummary, ByType);

    /// <summary>All views.</summary>
    public static ImmutableArray<HeapDiffView> All { get; } =
    [
        Summary,
        new("types", "changes by type", ListTop, (sections, top) => sections.WriteTypes(top), ByType),
        new("retainers", "changes by what holds the objects", ListTop, (sections, top) => sections.WriteRetainers(top), comparison => HeapTables.Changes(comparison.Retainers, ColumnKind.Path, "Held by")),
        new("roots", "changes by static field, thread, handle", ListTop, (sections, top) => sections.WriteRoots(top), comparison => HeapTables.Changes(comparison.Roots, ColumnKind.Path, "Root")),
    ];

    /// <summary>The view of a name, or null.</summary>
    /// <param name="name">The name, or null.</param>
    public static HeapDiffView? Of(string? name) => All.FirstOrDefault(view => view.Name == name);

    private static ReportTable ByType(HeapComparison comparison) => HeapTables.Changes(comparison.Types, ColumnKind.Type, "Type");

    private static void WriteSummary(HeapDiffSections sections, int top)
    {
        sections.WriteTypes(top);
        sections.WriteRetainers(top);
        sections.WriteRoots(top);
    }
}
