using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of what only a core dump contains.</summary>
internal static class DumpTables
{
    private const string CalledBy = " < ";

    /// <summary>Threads by what they do.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Threads(DumpFacts? facts) => ReportTable.Of(
        facts?.Threads ?? [],
        new Column<ThreadGroup>("threads", "Threads", Unit.Count, row => row.Count),
        new("stack", "Stack, innermost first", ColumnKind.Text, row => row.Frames.IsEmpty ? "(no .NET code)" : string.Join(CalledBy, row.Frames)));

    /// <summary>Strings with the same characters.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Strings(DumpFacts? facts) => ReportTable.Of(
        facts?.Strings ?? [],
        new Column<RepeatedString>("wastedBytes", "Wasted", Unit.Bytes, row => row.WastedBytes),
        new("count", "Strings", Unit.Count, row => row.Count),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes) { Placement = ColumnPlacement.Data },
        new("length", "Length", Unit.Count, row => row.Length),
        new("value", "Value", ColumnKind.Text, row => row.Value));

    /// <summary>Generations: how much of each is objects, dead or alive, and how much gaps.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Generations(DumpFacts? facts) => ReportTable.Of(
        facts?.Heap is { } heap ? Rows(heap) : [],
        new Column<GenerationRow>("generation", "Generation", ColumnKind.Text, row => row.Name),
        new("bytes", "Size", Unit.Bytes, row => row.Size),
        new("objectBytes", "Objects", Unit.Bytes, row => row.Size - row.Free),
        new("freeBytes", "Free", Unit.Bytes, row => row.Free),
        new("freeShare", "Share", Unit.Share, row => Percent.Share(row.Free, row.Size)));

    private static IEnumerable<GenerationRow> Rows(HeapState heap) =>
        Generation.All.Select(generation => new GenerationRow(generation.ShortTitle, generation.Of(heap.Size), generation.Of(heap.Free)));

    private sealed record GenerationRow(string Name, long Size, long Free);
}
