using System.Text.RegularExpressions;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The parts of a page about what only a core dump contains.</summary>
/// <param name="page">Where to write.</param>
/// <param name="facts">The facts; null if the heap is not of a dump.</param>
internal sealed class DumpSections(ReportPage page, DumpFacts? facts)
{
    private const int MostFrames = 12;

    /// <summary>Writes the exceptions that nothing has caught.</summary>
    public void WriteExceptions()
    {
        if (facts is not { Exceptions.IsEmpty: false })
            return;
        page.Section(facts.Exceptions.Length == 1 ? "Exception" : "Exceptions");
        foreach (var exception in facts.Exceptions)
            Write(exception);
    }

    /// <summary>Writes what threads do.</summary>
    /// <param name="top">How many groups of threads at most.</param>
    public void WriteThreads(int top)
    {
        if (facts is null)
        {
            Missing("Threads");
            return;
        }

        page.Section("Threads", $"{Count.Format(facts.ThreadCount)} in all");
        foreach (var group in facts.Threads.Take(top))
        {
            page.Line();
            page.Line(new TextRun($"  {Count.Things(group.Count, "thread", "threads")}", Theme.Title));
            WriteFrames(group.Frames);
        }
    }

    /// <summary>Writes the duplicate strings.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteStrings(int top) => WriteList(
        "Repeated strings",
        facts is null ? null : $"{Least(facts.HasAllStrings)}{ByteSize.Format(facts.WastedBytes)} wasted in all",
        DumpTables.Strings(facts).First(top),
        "No two strings are the same.");

    /// <summary>Writes the duplicate arrays, and those that are empty or consist of zeros.</summary>
    /// <param name="top">How many of each at most.</param>
    public void WriteArrays(int top)
    {
        var arrays = facts?.Arrays;
        WriteList(
            "Repeated arrays",
            arrays is null ? null : $"{Shown(top, arrays.RepeatedCount)}{Least(arrays.HasAll)}{ByteSize.Format(arrays.WastedBytes)} wasted in all",
            DumpTables.Arrays(facts).First(top),
            "No two arrays have the same content.");
        if (arrays is not null)
        {
            WriteList(
                "Arrays of zeros, and empty ones",
                $"{Shown(top, arrays.SparseTypeCount)}{Least(arrays.HasAll)}{ByteSize.Format(arrays.ZeroBytes)} of zeros in all",
                DumpTables.SparseArrays(facts).First(top),
                "No array is empty or consists of zeros.");
        }
    }

    /// <summary>Writes how much of their capacity collections use.</summary>
    /// <param name="top">How many types at most.</param>
    public void WriteCollections(int top) => WriteList(
        "Collections",
        facts?.Collections is { } collections ? $"{Shown(top, collections.TypeCount)}{ByteSize.Format(collections.WastedBytes)} wasted in all" : null,
        DumpTables.Collections(facts).First(top),
        "There are no lists, dictionaries or the like.");

    /// <summary>Writes the calls of async methods that have not ended.</summary>
    /// <param name="top">How many lines at most.</param>
    public void WriteCalls(int top) => WriteList(
        "Async methods",
        facts?.Calls is { } calls ? $"{Shown(top, calls.MethodCount)}{Count.Things(calls.Count, "call", "calls")} in all" : null,
        DumpTables.Calls(facts).First(top),
        "No async method is waiting.");

    /// <summary>Writes the timers.</summary>
    /// <param name="top">How many lines at most.</param>
    public void WriteTimers(int top) => WriteList(
        "Timers",
        facts?.Timers is { } timers ? $"{Shown(top, timers.GroupCount)}{Count.Things(timers.Count, "timer", "timers")} in all" : null,
        DumpTables.Timers(facts).First(top),
        "There are no timers.");

    /// <summary>Writes the generations.</summary>
    public void WriteGenerations()
    {
        if (facts?.Heap is not { } heap)
        {
            Missing("Generations");
            return;
        }

        page.Section("Generations", heap.CommittedBytes is { } committed ? $"{ByteSize.Format(committed)} committed" : "");
        TextTable.Write(page, DumpTables.Generations(facts));
    }

    /// <summary>Writes the regions with gaps.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteRegions(int top) => WriteList(
        "Fragmented regions",
        facts?.Regions is { } regions ? $"{Shown(top, regions.FragmentedCount)}{ByteSize.Format(regions.FreeBytes)} free in all, the largest gap has {ByteSize.Format(regions.LargestFreeBytes)}" : null,
        DumpTables.Regions(facts).First(top),
        "No region has gaps.");

    /// <summary>Writes the load contexts.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteLoadContexts(int top)
    {
        var contexts = facts?.LoadContexts;
        WriteList("Load contexts", contexts is null ? null : $"{Shown(top, contexts.Count)}{Count.Format(contexts.UnloadingCount)} unloaded, but held", DumpTables.LoadContexts(facts).First(top), "There are none.");
        foreach (var held in (contexts?.Contexts ?? []).Where(context => context is { IsUnloading: true, LargestType: not null }).Take(1))
            page.Paragraph($"What holds an unloaded context: heap --view paths --type '^{Regex.Escape(held.LargestType!)}$'.", Theme.Plain, new($"  {page.Glyphs.Arrow} ", Theme.Plain));
    }

    /// <summary>Writes a list; without a summary, says why there is none.</summary>
    private void WriteList(string title, string? summary, ReportTable table, string nothing)
    {
        if (summary is null)
        {
            Missing(title);
            return;
        }

        page.Section(title, summary);
        if (table.Rows.Any())
            TextTable.Write(page, table);
        else
            page.Line(new TextRun($"  {nothing}", Theme.Plain));
    }

    private void Missing(string title)
    {
        page.Section(title);
        page.Line(new TextRun(facts is null ? "  Only a core dump and a copy (--copy) contain this." : "  The snapshot was saved by a version that did not count this.", Theme.Plain));
    }

    private static string Least(bool hasAll) => hasAll ? "" : "at least ";

    private static string Shown(int top, int all) => top < all ? $"{Count.Format(top)} of {Count.Format(all)}, " : "";

    private void Write(DumpedException exception)
    {
        var thread = exception.ThreadId != 0 ? $" in thread {exception.ThreadId}" : "";
        for (var (current, lead) = ((DumpedException?)exception, ""); current is not null; (current, lead) = (current.Inner, "because of "))
        {
            var message = current.Message is { } text ? $": {TerminalText.Clean(text)}" : "";
            page.Paragraph($"{lead}{TerminalText.Clean(current.Type)}{message}{(lead.Length == 0 ? thread : "")}", Theme.Critical, new("  ", Theme.Plain));
            WriteFrames(current.Stack);
        }
    }

    private void WriteFrames(IReadOnlyCollection<string> frames)
    {
        const string Lead = "    at ";
        foreach (var frame in frames.Take(MostFrames))
            page.Line(new TextRun(Lead + page.Names.Method(TerminalText.Clean(frame), page.Width - Lead.Length), Theme.Plain));
        if (frames.Count > MostFrames)
            page.Line(new TextRun($"    and {frames.Count - MostFrames} more", Theme.Quiet));
        if (frames.Count == 0)
            page.Line(new TextRun("    no .NET code", Theme.Quiet));
    }
}
