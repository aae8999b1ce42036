using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes what is on a heap as text for people.</summary>
internal static class HeapRenderer
{
    private const int SummarySuspects = 5;
    private const int SummaryTop = 10;
    private const int SummaryLines = 20;
    private const int ListTop = 30;
    private const int TreeLines = 50;
    private const string Indent = "  ";

    /// <summary>Writes a view.</summary>
    /// <param name="profile">The heap.</param>
    /// <param name="console">Where to.</param>
    /// <param name="options">What, and how.</param>
    public static void Write(HeapProfile profile, IAnsiConsole console, HeapOptions options)
    {
        var page = new ReportPage(console);
        WriteHead(page, profile);
        switch (options.View)
        {
            case HeapView.Suspects:
                WriteSuspects(page, profile, options.Top ?? ListTop);
                break;
            case HeapView.Types:
                WriteTypes(page, profile, options.Top ?? ListTop);
                break;
            case HeapView.Retainers:
                WriteRetainers(page, profile, options.Top ?? TreeLines);
                break;
            case HeapView.Paths:
                WritePaths(page, options.Paths, options.Top ?? ListTop);
                break;
            case HeapView.Roots:
                WriteRoots(page, profile, options.Top ?? ListTop);
                break;
            case HeapView.Sizes:
                WriteSizes(page, profile, options.Top ?? ListTop);
                break;
            default:
                WriteSuspects(page, profile, options.Top ?? SummarySuspects);
                WriteTypes(page, profile, options.Top ?? SummaryTop);
                WriteRetainers(page, profile, options.Top ?? SummaryLines);
                WriteRoots(page, profile, options.Top ?? SummaryTop);
                break;
        }
    }

    /// <summary>Writes the process, the moment, and how much there is.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="profile">The heap.</param>
    private static void WriteHead(ReportPage page, HeapProfile profile)
    {
        var facts = profile.Facts;
        HeaderSection.WriteProcess(page, facts.Process);
        HeaderSection.Fact(page, "Snapshot", Snapshot(profile));
        HeaderSection.Fact(page, "Heap", Heap(profile));
        HeaderSection.Fact(page, "Memory", Memory(facts));
        if (!profile.HasReferences)
            page.Paragraph("The snapshot has no references: what holds the objects is not known.", Theme.Warning, new("! ", Theme.Warning));
        if (profile.UnheldObjects > 0)
            page.Paragraph($"{Count.Things(profile.UnheldObjects, "object", "objects")} ({ByteSize.Format(profile.UnheldBytes)}) held by no known root.", Theme.Quiet, new("  ", Theme.Plain));
    }

    private static string Snapshot(HeapProfile profile)
    {
        var facts = profile.Facts;
        string?[] parts =
        [
            profile.File is null ? null : TerminalText.Clean(profile.File),
            facts.TakenAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            facts.StopSeconds is { } seconds ? $"process paused for {Duration.Format(seconds)}" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string Heap(HeapProfile profile)
    {
        var live = $"{Count.Things(profile.Objects, "object", "objects")}, {ByteSize.Format(profile.Bytes)}";
        return profile.Facts.BytesBefore is { } before
            ? $"{live} after a full collection; {ByteSize.Format(Math.Max(0, before - profile.Bytes))} of garbage before it"
            : live;
    }

    private static string Memory(HeapSnapshotFacts facts)
    {
        string?[] parts =
        [
            facts.RssBytes is { } rss ? $"RSS {ByteSize.Format(rss)}" : null,
            facts.Collection?.After.CommittedBytes is { } committed ? $"GC committed {ByteSize.Format(committed)}" : null,
            facts.Collection is { After.Size: var size } ? Generations(size) : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string Generations(GenerationBytes size) =>
        $"gen0 {ByteSize.Format(size.Gen0)}, gen1 {ByteSize.Format(size.Gen1)}, gen2 {ByteSize.Format(size.Gen2)}, LOH {ByteSize.Format(size.Loh)}, POH {ByteSize.Format(size.Poh)}";

    private static void WriteSuspects(ReportPage page, HeapProfile profile, int top)
    {
        if (!profile.HasReferences)
            return;
        page.Section("Suspects", Shown(Math.Min(top, profile.Suspects.Length), profile.Suspects.Length));
        if (profile.Suspects.IsEmpty)
            page.Line(new TextRun("  Memory gathers nowhere.", Theme.Plain));
        foreach (var (index, suspect) in profile.Suspects.Take(top).Index())
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"  {index + 1}. ");
            page.Paragraph(TerminalText.Clean(suspect.Title), Theme.Title, new(mark, Theme.Plain));
            page.Paragraph(suspect.Advice, Theme.Plain, new(new string(' ', mark.Length) + page.Glyphs.Arrow + " ", Theme.Plain));
        }
    }

    private static void WriteTypes(ReportPage page, HeapProfile profile, int top) => WriteList(
        page, "Types", profile.Types.Length, top, HeapTables.Types(profile));

    private static void WriteRoots(ReportPage page, HeapProfile profile, int top)
    {
        if (profile.HasReferences)
            WriteList(page, "Roots", profile.Roots.Length, top, HeapTables.Roots(profile));
    }

    private static void WriteRetainers(ReportPage page, HeapProfile profile, int lines)
    {
        if (profile.Retainers.IsEmpty)
            return;
        var rows = HeapRetainerRow.Heaviest(profile.Retainers, lines);
        var text = new HeapStepText(page);
        page.Section("Retainers", $"down to {ByteSize.Format(rows.Min(row => row.Retainer.RetainedBytes))}");
        TextTable.Write(page, HeapTables.Retainers(profile, rows, row => page.Glyphs.Guide(row.Guide) + text.Path(row.Retainer.Path)));
    }

    private static void WritePaths(ReportPage page, ImmutableArray<HeapPath> paths, int top)
    {
        page.Section("Paths", Shown(Math.Min(top, paths.Length), paths.Length));
        if (paths.IsEmpty)
            page.Line(new TextRun("  No object of such a type is held by a root.", Theme.Plain));
        foreach (var path in paths.Take(top))
            WritePath(page, path);
    }

    /// <summary>A path goes down the page: it is too long for a line.</summary>
    private static void WritePath(ReportPage page, HeapPath path)
    {
        page.Line();
        page.Line(
            new($"  {Count.Things(path.Objects, "object", "objects")}, {ByteSize.Format(path.Bytes)}", Theme.Title),
            new($"  {Count.Format(path.HeldAlone)} held by this root alone", Theme.Quiet));
        foreach (var (depth, step) in path.Path.Index())
        {
            var lead = new string(' ', 2 + (2 * Math.Min(depth, 20))) + (depth > 0 ? page.Glyphs.Via : "");
            var name = TerminalText.Clean(step.Name);
            var count = step.Objects > 1 ? $" x {Count.Format(step.Objects)}" : "";
            var room = page.Width - TerminalText.Width(lead) - TerminalText.Width(count);
            page.Line(new(lead + (step.IsRoot ? page.Names.Method(name, room) : page.Names.Type(name, room)), Theme.Plain), new(count, Theme.Quiet));
        }
    }

    private static void WriteSizes(ReportPage page, HeapProfile profile, int top)
    {
        var sizes = profile.Sizes;
        page.Section("Objects by size");
        TextTable.Write(page, HeapTables.Sizes(profile));
        WriteList(page, "Objects of the same type and size", sizes.Alike.Length, top, HeapTables.Alike(sizes.Alike));
        WriteList(page, "Unused slots of arrays", sizes.UnusedSlots.Length, top, HeapTables.UnusedSlots(sizes.UnusedSlots));
        page.Line();
        page.Line(new TextRun($"{Indent}{Count.Things(sizes.EmptyArrays, "array", "arrays")} without elements: {ByteSize.Format(sizes.EmptyArrayBytes)}", Theme.Plain));
    }

    private static void WriteList(ReportPage page, string title, int count, int top, ReportTable table)
    {
        if (count == 0)
            return;
        page.Section(title, Shown(Math.Min(top, count), count));
        TextTable.Write(page, table with { Rows = table.Rows.Take(top) });
    }

    private static string Shown(int shown, int all) => shown < all ? $"{Count.Format(shown)} of {Count.Format(all)}" : "";
}
