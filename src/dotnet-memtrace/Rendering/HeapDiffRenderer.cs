using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Units;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes what changed between two heap snapshots as text for people.</summary>
internal static class HeapDiffRenderer
{
    /// <summary>Writes a view.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="view">What to show.</param>
    /// <param name="top">Lines in each list; null for what suits the view.</param>
    public static void Write(HeapComparison comparison, IAnsiConsole console, HeapDiffView view, int? top)
    {
        var page = new ReportPage(console);
        WriteSide(page, "Before", comparison.Before);
        WriteSide(page, "After", comparison.After);
        if (comparison.Caveat is { } caveat)
            page.Paragraph(caveat, Theme.Warning, new("! ", Theme.Warning));
        view.Write(new HeapDiffSections(page, comparison), top ?? view.Top);
    }

    private static void WriteSide(ReportPage page, string label, HeapProfile profile) => HeaderSection.Fact(
        page, label, $"{TerminalText.Clean(profile.File ?? "")} {HeapRenderer.LiveAmount(profile)}".Trim());
}
