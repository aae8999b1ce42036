using System.Globalization;
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

    /// <summary>Arrays with the same content.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Arrays(DumpFacts? facts) => ReportTable.Of(
        facts?.Arrays?.Repeated ?? [],
        new Column<RepeatedArray>("wastedBytes", "Wasted", Unit.Bytes, row => row.WastedBytes),
        new("count", "Arrays", Unit.Count, row => row.Count),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes) { Placement = ColumnPlacement.Data },
        new("length", "Length", Unit.Count, row => row.Length),
        new("type", "Type", ColumnKind.Type, row => row.Type),
        new("value", "Value", ColumnKind.Text, row => row.Value) { Rank = 1 });

    /// <summary>Arrays without elements, or with little else than zeros.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable SparseArrays(DumpFacts? facts) => ReportTable.Of(
        facts?.Arrays?.Sparse ?? [],
        new Column<ArrayUse>("zeroBytes", "Zeros", Unit.Bytes, row => row.ZeroBytes),
        new("sparse", "Sparse", Unit.Count, row => row.Sparse),
        new("empty", "Empty", Unit.Count, row => row.Empty),
        new("count", "Arrays", Unit.Count, row => row.Count),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("type", "Type", ColumnKind.Type, row => row.Type));

    /// <summary>How much of their capacity collections use.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Collections(DumpFacts? facts) => ReportTable.Of(
        facts?.Collections?.Types ?? [],
        new Column<CollectionUse>("wastedBytes", "Wasted", Unit.Bytes, row => row.WastedBytes),
        new("count", "Collections", Unit.Count, row => row.Count),
        new("empty", "Empty", Unit.Count, row => row.Empty),
        new("elements", "Elements", Unit.Count, row => row.Elements),
        new("capacity", "Capacity", Unit.Count, row => row.Capacity),
        new("type", "Type", ColumnKind.Type, row => row.Type));

    /// <summary>Calls of async methods that have not ended.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Calls(DumpFacts? facts) => ReportTable.Of(
        facts?.Calls?.Methods ?? [],
        new Column<PendingMethod>("count", "Calls", Unit.Count, row => row.Count),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("state", "State", Unit.Count, row => row.State) { Placement = ColumnPlacement.Data },
        new("at", "At", ColumnKind.Tag, row => new TextCell(PlaceOf(row.State))) { Placement = ColumnPlacement.Screen },
        new("method", "Method", ColumnKind.Method, row => row.Method));

    /// <summary>Timers.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Timers(DumpFacts? facts) => ReportTable.Of(
        facts?.Timers?.Groups ?? [],
        new Column<TimerGroup>("count", "Timers", Unit.Count, row => row.Count),
        new("dueMs", "Due after", Unit.Milliseconds, row => row.DueMs),
        new("periodMs", "Period", Unit.Milliseconds, row => row.PeriodMs),
        new("callback", "Calls", ColumnKind.Method, row => row.Callback),
        new("stateType", "With", ColumnKind.Type, row => row.StateType) { Rank = 1 });

    /// <summary>Generations: how much of each is objects, dead or alive, and how much gaps.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Generations(DumpFacts? facts) => ReportTable.Of(
        facts?.Heap is { } heap ? Rows(heap) : [],
        new Column<GenerationRow>("generation", "Generation", ColumnKind.Text, row => row.Name),
        new("bytes", "Size", Unit.Bytes, row => row.Size),
        new("objectBytes", "Objects", Unit.Bytes, row => row.Size - row.Free),
        new("freeBytes", "Free", Unit.Bytes, row => row.Free),
        new("freeShare", "Share", Unit.Share, row => Percent.Share(row.Free, row.Size)));

    /// <summary>Regions with gaps.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable Regions(DumpFacts? facts) => ReportTable.Of(
        facts?.Regions?.Fragmented ?? [],
        new Column<HeapRegion>("generation", "Region of", ColumnKind.Text, row => row.Generation),
        new("bytes", "Size", Unit.Bytes, row => row.Bytes),
        new("freeBytes", "Free", Unit.Bytes, row => row.FreeBytes),
        new("freeShare", "Share", Unit.Share, row => Percent.Share(row.FreeBytes, row.Bytes)),
        new("largestFreeBytes", "Largest gap", Unit.Bytes, row => row.LargestFreeBytes),
        new("pinnedObjects", "Pinned", Unit.Count, row => row.PinnedObjects),
        new("pinnedType", "Most of them", ColumnKind.Type, row => row.PinnedType));

    /// <summary>Load contexts.</summary>
    /// <param name="facts">The facts; null for no rows.</param>
    public static ReportTable LoadContexts(DumpFacts? facts) => ReportTable.Of(
        facts?.LoadContexts?.Contexts ?? [],
        new Column<LoadContext>("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("isCollectible", "Collectible", row => row.IsCollectible),
        new("isUnloading", "Unloaded", row => row.IsUnloading),
        new("name", "Name", ColumnKind.Text, row => row.Name),
        new("context", "Context", ColumnKind.Type, row => row.Type) { Rank = 2 },
        new("largestType", "Largest type", ColumnKind.Type, row => row.LargestType) { Rank = 1 });

    private static IEnumerable<GenerationRow> Rows(HeapState heap) =>
        Generation.All.Select(generation => new GenerationRow(generation.Title, generation.Of(heap.Size), generation.Of(heap.Free)));

    // Compilers number awaits from 0 on, and what an async iterator yields from -4 down; it begins with -3.
    private static string PlaceOf(int? state) => state switch
    {
        >= 0 and var await => string.Create(CultureInfo.InvariantCulture, $"await {await + 1}"),
        -1 => "running",
        -3 => "not begun",
        <= -4 and var yield => string.Create(CultureInfo.InvariantCulture, $"yield {-3 - yield}"),
        _ => "unknown",
    };

    private sealed record GenerationRow(string Name, long Size, long Free);
}
