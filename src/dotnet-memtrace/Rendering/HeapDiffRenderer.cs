using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes what changed between two snapshots of a heap as text for people.</summary>
internal static class HeapDiffRenderer
{
    private const int SummaryTop = 10;
    private const int ListTop = 30;

    /// <summary>Writes a view.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="console">Where to.</param>
    /// <param name="options">What, and how. Views that a comparison does not have show the first page.</param>
    public static void Write(HeapComparison comparison, IAnsiConsole console, HeapOptions options)
    {
        var page = new ReportPage(console);
        WriteSide(page, "Before", comparison.Before);
        WriteSide(page, "After", comparison.After);
        var text = new HeapStepText(page);
        if (options.View is not (HeapView.Retainers or HeapView.Roots))
            WriteChanges(page, "Types", comparison.Types, options, shown => HeapTables.Changes(shown, ColumnKind.Type, "Type"));
        if (options.View is not (HeapView.Types or HeapView.Roots))
            WriteChanges(page, "Retainers", comparison.Retainers, options, shown => HeapTables.Changes(shown.Select(text.Short), ColumnKind.Text, "Held by"));
        if (options.View is not (HeapView.Types or HeapView.Retainers))
            WriteChanges(page, "Roots", comparison.Roots, options, shown => HeapTables.Changes(shown.Select(text.Short), ColumnKind.Text, "Root"));
    }

    private static void WriteSide(ReportPage page, string label, HeapProfile profile) => HeaderSection.Fact(
        page, label, $"{TerminalText.Clean(profile.File ?? "")} {Count.Things(profile.Objects, "object", "objects")}, {ByteSize.Format(profile.Bytes)}".Trim());

    private static void WriteChanges(ReportPage page, string title, ImmutableArray<HeapChange> changes, HeapOptions options, Func<IEnumerable<HeapChange>, ReportTable> table)
    {
        var changed = changes.Where(change => change.Tag != ChangeTag.None).ToList();
        var shown = changed.Take(options.Top ?? (options.View == HeapView.Summary ? SummaryTop : ListTop)).ToList();
        page.Section(title, changed.Count == 0 ? "no change" : $"{Count.Format(shown.Count)} of {Count.Format(changed.Count)} that changed");
        if (shown.Count > 0)
            TextTable.Write(page, table(shown));
    }
}
