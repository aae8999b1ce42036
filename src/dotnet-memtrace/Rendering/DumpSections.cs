using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The parts of a page about what only a core dump contains.</summary>
/// <param name="page">Where to.</param>
/// <param name="facts">The facts; null where the heap is not of a dump.</param>
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

    /// <summary>Writes the strings that are there several times.</summary>
    /// <param name="top">How many at most.</param>
    public void WriteStrings(int top)
    {
        if (facts is null)
        {
            Missing("Repeated strings");
            return;
        }

        page.Section("Repeated strings", $"{(facts.HasAllStrings ? "" : "at least ")}{ByteSize.Format(facts.WastedBytes)} wasted in all");
        if (facts.Strings.IsEmpty)
            page.Line(new TextRun("  No two strings are the same.", Theme.Plain));
        else
            TextTable.Write(page, DumpTables.Strings(facts).First(top));
    }

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

    private void Missing(string title)
    {
        page.Section(title);
        page.Line(new TextRun("  Only a core dump contains this.", Theme.Plain));
    }

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
