using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Events.Names;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The parts of a page about a heap.</summary>
/// <param name="page">Where to write.</param>
/// <param name="profile">The heap.</param>
internal sealed class HeapSections(ReportPage page, HeapProfile profile)
{
    private const string Indent = "  ";
    private const int MostSites = 3;

    /// <summary>A longer one is not easier to paste than to write.</summary>
    private const int LongestType = 60;

    /// <summary>Less is not missed in a sum.</summary>
    private const double SmallShare = 0.001;

    private const string NoType = "No type matches. The types view lists all of them.";

    /// <summary>How the names of timers begin, and of the lists that hold them.</summary>
    private static readonly string[] TimerTypes = ["System.Threading.Timer", "System.Timers.Timer"];

    /// <summary>Whether the heap is of a core dump.</summary>
    public bool IsOfDump => profile.Facts.Dump is not null;

    /// <summary>The parts about what only a core dump contains.</summary>
    public DumpSections Dump { get; } = new(page, profile.Facts.Dump);

    /// <summary>Writes where memory accumulates.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteSuspects(int top)
    {
        if (!profile.HasReferences)
            return;
        page.Section("Suspects", Shown(Math.Min(top, profile.Suspects.Length), profile.Suspects.Length));
        if (profile.Suspects.IsEmpty)
            page.Line(new TextRun("  No suspects: memory does not accumulate in one place.", Theme.Plain));
        foreach (var (index, suspect) in profile.Suspects.Take(top).Index())
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"  {index + 1}. ");
            page.Paragraph(TerminalText.Clean(suspect.Title), Theme.Title, new(mark, Theme.Plain));
            page.Paragraph(suspect.Advice, Theme.Plain, new(new string(' ', mark.Length) + page.Glyphs.Arrow + " ", Theme.Plain));
            WriteOrigin(suspect.AllocatedAt ?? [], new string(' ', mark.Length));
        }

        if (profile.Facts.Dump?.Timers is not null && profile.Suspects.Take(top).Any(IsHeldByTimers))
            page.Paragraph($"What the timers call: dotnet-memtrace heap {Source} --view timers", Theme.Quiet, new(Indent, Theme.Plain));
        if (profile.Suspects is [var first, ..])
            page.Paragraph($"What else holds objects of a type: {PathsCommand(first.Type)}", Theme.Quiet, new(Indent, Theme.Plain));
    }

    private static bool IsHeldByTimers(HeapSuspect suspect) => suspect.Path.Select(step => step.Name).Append(suspect.Type)
        .Any(name => TimerTypes.Any(timer => name.StartsWith(timer, StringComparison.Ordinal)));

    private string PathsCommand(string type)
    {
        var name = ReadableNames.WithoutNamespaces(type);
        var pattern = name.Length <= LongestType ? ShellText.Quote($"^{Regex.Escape(name)}$") : "TYPE";
        return TerminalText.Clean($"dotnet-memtrace heap {Source} --view paths --type {pattern}");
    }

    private string Source => profile.File is { } file ? ShellText.Quote(file) : string.Create(CultureInfo.InvariantCulture, $"-p {profile.Facts.Process.Id}");

    private void WriteOrigin(ImmutableArray<HeldSite> sites, string indent)
    {
        if (profile.Recording is not { } recording)
            return;
        var amounts = new EstimateList(page, recording.Sampling);
        foreach (var site in sites.Take(MostSites))
        {
            var growth = site.Growth is { } rate ? $", grows by {ByteSize.FormatRate(rate.BytesPerSecond)}" : "";
            page.Paragraph(TerminalText.Clean($"{amounts.Amount(site.Held)} {site.Type} allocated in {site.Site?.Place ?? "an unknown place"}{growth}"), Theme.Quiet, new(indent, Theme.Plain));
        }
    }

    /// <summary>Writes the objects by type.</summary>
    /// <param name="top">How many types at most.</param>
    public void WriteTypes(int top)
    {
        WriteList("Types", profile.Types.Length, top, HeapTables.Types(profile));
        if (profile.Types.IsEmpty)
            page.Line(new TextRun($"  {NoType}", Theme.Plain));
    }

    /// <summary>Writes what holds objects from outside of the heap.</summary>
    /// <param name="top">How many roots at most.</param>
    public void WriteRoots(int top)
    {
        if (!profile.HasReferences)
            return;
        WriteList("Roots", profile.Roots.Length, top, HeapTables.Roots(profile));
        var shared = profile.Bytes - profile.UnheldBytes - profile.Roots.Sum(root => root.RetainedBytes);
        if (!profile.Roots.IsEmpty && shared > SmallShare * profile.Bytes)
            page.Paragraph($"Held by several roots together, by none of them alone: {Amount(shared)}", Theme.Plain, new(Indent, Theme.Plain));
    }

    /// <summary>Writes what holds what.</summary>
    /// <param name="lines">How many lines at most.</param>
    public void WriteRetainers(int lines)
    {
        if (profile.Retainers.IsEmpty)
            return;
        var rows = HeapRetainerRow.Heaviest(profile.Retainers, lines);
        var text = new HeapStepText(page);
        page.Section("Retainers", $"down to {ByteSize.Format(rows.Min(row => row.Retainer.RetainedBytes))}");
        TextTable.Write(page, HeapTables.Retainers(profile, rows, row => page.Glyphs.Guide(row.Guide) + text.Path(row.Retainer.Path)));
    }

    /// <summary>Writes how objects are held.</summary>
    /// <param name="options">The paths to them, and how many at most.</param>
    public void WritePaths(HeapOptions options)
    {
        var (paths, top) = (options.Paths, options.Lines);
        page.Section("Paths", Shown(Math.Min(top, paths.Length), paths.Length));
        if (paths.IsEmpty)
            page.Line(new TextRun(options.HasSelectedTypes ? "  No root holds an object of a matching type." : $"  {NoType}", Theme.Plain));
        foreach (var path in paths.Take(top))
            WritePath(path);
    }

    /// <summary>A path goes down the page: it is too long for a line.</summary>
    private void WritePath(HeapPath path)
    {
        page.Line();
        page.Line(
            new($"  {Count.Things(path.Objects, "object", "objects")}, {ByteSize.Format(path.Bytes)}", Theme.Title),
            new($"  {Count.Format(path.HeldAlone)} held by this root alone{WeakHandles(path)}", Theme.Quiet));
        foreach (var (depth, step) in path.Path.Index())
        {
            var lead = new string(' ', 2 + (2 * Math.Min(depth, 20))) + (depth > 0 ? page.Glyphs.Via : "") + HeapStepText.Field(step);
            var name = TerminalText.Clean(step.Name);
            var count = (step.Objects > 1 ? $" x {Count.Format(step.Objects)}" : "") + (step.Link == HeapLink.Dependent ? " (dependent handle)" : "");
            var room = page.Width - TerminalText.Width(lead) - TerminalText.Width(count);
            page.Line(new(lead + (step.IsRoot ? page.Names.Method(name, room) : page.Names.Type(name, room)), Theme.Plain), new(count, Theme.Quiet));
        }
    }

    private static string WeakHandles(HeapPath path) => path.WeakHandles > 0 ? $"; {Count.Things(path.WeakHandles, "weak handle", "weak handles")} to them" : "";

    /// <summary>Writes how large the objects are.</summary>
    /// <param name="top">How many lines in each list at most.</param>
    public void WriteSizes(int top)
    {
        var sizes = profile.Sizes;
        page.Section("Objects by size");
        TextTable.Write(page, HeapTables.Sizes(profile));
        if (!sizes.Arrays.IsEmpty)
        {
            page.Section("Arrays by length", "of elements whose size is known");
            TextTable.Write(page, HeapTables.Arrays(profile));
        }

        WriteList("Objects of the same type and size", sizes.Alike.Length, top, HeapTables.Alike(sizes.Alike));
        WriteList("Unused slots of arrays", sizes.UnusedSlots.Length, top, HeapTables.UnusedSlots(sizes.UnusedSlots));
        page.Line();
        page.Line(new TextRun($"{Indent}{Count.Things(sizes.EmptyArrays, "array", "arrays")} without elements: {Amount(sizes.EmptyArrayBytes)}", Theme.Plain));
        if (profile.Facts.PaddingBytes is { } padding)
            page.Line(new TextRun($"{Indent}Padding after arrays and strings: {Amount(padding)}", Theme.Plain));
        page.Line(new TextRun($"{Indent}Unused slots together: {Amount(sizes.UnusedSlots.Sum(item => item.UnusedBytes))}", Theme.Plain));
    }

    private string Amount(long bytes) => $"{ByteSize.Format(bytes)}, {Percent.Format(Percent.Share(bytes, profile.Bytes))} of the heap";

    private void WriteList(string title, int count, int top, ReportTable table)
    {
        if (count == 0)
            return;
        page.Section(title, Shown(Math.Min(top, count), count));
        TextTable.Write(page, table with { Rows = table.Rows.Take(top) });
    }

    private static string Shown(int shown, int all) => shown < all ? $"{Count.Format(shown)} of {Count.Format(all)}" : "";
}
