using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of garbage collections.</summary>
public static class CollectionTables
{
    /// <summary>Each collection.</summary>
    /// <param name="collections">The collections.</param>
    public static ReportTable Each(IEnumerable<GarbageCollection> collections) => ReportTable.Of(
        collections,
        new Column<GarbageCollection>("number", "Number", ColumnKind.Count, row => row.Number),
        new("startSeconds", "At", ColumnKind.Seconds, row => row.StartSeconds),
        new("generation", "Gen", ColumnKind.Count, row => row.Generation),
        new("pauseMs", "Paused", ColumnKind.Milliseconds, row => row.PauseMs),
        new("durationMs", "Took", ColumnKind.Milliseconds, row => row.DurationMs) { Rank = 1 },
        new("heapAfterBytes", "Heap after", ColumnKind.Bytes, row => row.HeapAfterBytes),
        new("promotedBytes", "Survived", ColumnKind.Bytes, row => row.PromotedBytes) { Rank = 2 },
        new("background", "Background", ColumnKind.Flag, row => row.Background) { Rank = 3 },
        new("induced", "Induced", ColumnKind.Flag, row => row.Induced) { Rank = 4 },
        new("reason", "Reason", ColumnKind.Text, row => row.Reason));

    /// <summary>The collections of each generation, and all of them.</summary>
    /// <param name="summary">The collections.</param>
    /// <param name="seconds">Length of the window in seconds.</param>
    public static ReportTable ByGeneration(CollectionSummary summary, double seconds)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var generations = Enumerable.Range(0, 3).Select(generation => Group.Of(
            string.Create(CultureInfo.InvariantCulture, $"Gen {generation}"),
            [.. summary.Items.Where(item => item.Generation == generation)]));
        var all = Group.Of("All", summary.Items);
        return ReportTable.Of(
            generations.Append(all),
            new Column<Group>("generation", "", ColumnKind.Text, row => row.Name),
            new("count", "Count", ColumnKind.Count, row => row.Items.Length),
            new("background", "Background", ColumnKind.Count, row => row.Items.Count(item => item.Background)),
            new("induced", "Induced", ColumnKind.Count, row => row.Items.Count(item => item.Induced)),
            new("pauseTotalMs", "Paused", ColumnKind.Milliseconds, row => row.PauseTotalMs),
            new("pauseLongestMs", "Longest", ColumnKind.Milliseconds, row => row.Items.Select(item => item.PauseMs).DefaultIfEmpty().Max()),
            new("pauseShare", "Of time", ColumnKind.Share, row => seconds > 0 ? row.PauseTotalMs / 1000 / seconds : 0));
    }

    /// <summary>The GC heap by generation, as a collection left it.</summary>
    /// <param name="heap">The heap.</param>
    public static ReportTable Generations(HeapPoint heap)
    {
        ArgumentNullException.ThrowIfNull(heap);
        var (size, free) = (heap.Size, heap.Free);
        return ReportTable.Of(
            [
                new Generation("Gen 0", size.Gen0, free?.Gen0),
                new Generation("Gen 1", size.Gen1, free?.Gen1),
                new Generation("Gen 2", size.Gen2, free?.Gen2),
                new Generation("LOH", size.Loh, free?.Loh),
                new Generation("POH", size.Poh, free?.Poh),
                new Generation("All", size.Total, free?.Total),
            ],
            new Column<Generation>("generation", "", ColumnKind.Text, row => row.Name),
            new("bytes", "Size", ColumnKind.Bytes, row => row.Bytes),
            new("share", "Share", ColumnKind.Share, row => size.Total > 0 ? (double)row.Bytes / size.Total : 0),
            new("freeBytes", "Free", ColumnKind.Bytes, row => row.Free),
            new("fragmentation", "Fragmented", ColumnKind.Share, row => row is { Bytes: > 0, Free: { } gaps } ? (double)gaps / row.Bytes : null));
    }

    private sealed record Generation(string Name, long Bytes, long? Free);

    private sealed record Group(string Name, ImmutableArray<GarbageCollection> Items, double PauseTotalMs)
    {
        public static Group Of(string name, ImmutableArray<GarbageCollection> items) => new(name, items, items.Sum(item => item.PauseMs));
    }
}
