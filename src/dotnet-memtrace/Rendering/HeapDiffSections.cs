using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The parts of a page about what changed between two heap snapshots.</summary>
/// <param name="page">Where to write.</param>
/// <param name="comparison">The comparison.</param>
internal sealed class HeapDiffSections(ReportPage page, HeapComparison comparison)
{
    private readonly HeapStepText _text = new(page);

    /// <summary>Writes changes by type.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteTypes(int top) => Write("Types", comparison.Types, top, shown => HeapTables.Changes(shown, ColumnKind.Type, "Type"));

    /// <summary>Writes changes by where memory accumulates.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteSuspects(int top) => Write("Suspects", comparison.Suspects, top, shown => HeapTables.Changes(shown.Select(_text.Short), ColumnKind.Path, "What gathers"));

    /// <summary>Writes changes by what holds the objects.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteRetainers(int top) => Write("Retainers", comparison.Retainers, top, shown => HeapTables.Changes(shown.Select(_text.Short), ColumnKind.Path, "Held by"));

    /// <summary>Writes changes by root.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteRoots(int top) => Write("Roots", comparison.Roots, top, shown => HeapTables.Changes(shown.Select(_text.Short), ColumnKind.Path, "Root"));

    private void Write(string title, ImmutableArray<HeapChange> changes, int top, Func<IEnumerable<HeapChange>, ReportTable> table)
    {
        var changed = changes.Where(change => change.Tag != ChangeTag.None).ToList();
        var shown = changed.Take(top).ToList();
        page.Section(title, changed.Count == 0 ? "no change" : $"{Count.Format(shown.Count)} of {Count.Format(changed.Count)} that changed");
        if (shown.Count > 0)
            TextTable.Write(page, table(shown));
    }
}
