using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of garbage collections.</summary>
internal static class CollectionTables
{
    /// <summary>Each collection.</summary>
    /// <param name="collections">The collections.</param>
    public static ReportTable Each(IEnumerable<GarbageCollection> collections) => ReportTable.Of(collections, Columns);

    /// <summary>The figures of a collection.</summary>
    internal static ImmutableArray<Column<GarbageCollection>> Columns { get; } =
    [
        new("number", "Number", Unit.Count, row => row.Number),
        new("startSeconds", "At", Unit.Seconds, row => row.StartSeconds),
        new("generation", "Gen", Unit.Count, row => row.Generation),
        new("pauseMs", "Paused", Unit.Milliseconds, row => row.PauseMs),
        new("durationMs", "Took", Unit.Milliseconds, row => row.DurationMs) { Rank = 1 },
        new("heapAfterBytes", "Heap after", Unit.Bytes, row => row.HeapAfterBytes),
        new("promotedBytes", "Survived", Unit.Bytes, row => row.PromotedBytes) { Rank = 2 },
        new("background", "Background", row => row.Background) { Rank = 3 },
        new("induced", "Induced", row => row.Induced) { Rank = 4 },
        new("reason", "Reason", ColumnKind.Text, row => row.Reason),
    ];

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
            new("count", "Count", Unit.Count, row => row.Items.Length),
            new("background", "Background", Unit.Count, row => row.Items.Count(item => item.Background)),
            new("induced", "Induced", Unit.Count, row => row.Items.Count(item => item.Induced)),
            new("pauseTotalMs", "Paused", Unit.Milliseconds, row => row.PauseTotalMs),
            new("pauseLongestMs", "Longest", Unit.Milliseconds, row => row.Items.Select(item => item.PauseMs).DefaultIfEmpty().Max()),
            new("pauseShare", "Of time", Unit.Share, row => seconds > 0 ? row.PauseTotalMs / 1000 / seconds : 0));
    }

    /// <summary>The GC heap by generation, as a collection left it.</summary>
    /// <param name="heap">The heap.</param>
    public static ReportTable Generations(HeapPoint heap)
    {
        ArgumentNullException.ThrowIfNull(heap);
        var (size, free) = (heap.Size, heap.Free);
        return ReportTable.Of(
            Generation.All.Select(generation => new GenerationRow(generation.Title, generation.Of(size), free is { } gaps ? generation.Of(gaps) : null))
                .Append(new("All", size.Total, free?.Total)),
            new Column<GenerationRow>("generation", "", ColumnKind.Text, row => row.Name),
            new("bytes", "Size", Unit.Bytes, row => row.Bytes),
            new("share", "Share", Unit.Share, row => Percent.Share(row.Bytes, size.Total)),
            new("freeBytes", "Free", Unit.Bytes, row => row.Free),
            new("fragmentation", "Fragmented", Unit.Share, row => row is { Bytes: > 0, Free: { } gaps } ? (double)gaps / row.Bytes : null));
    }

    /// <summary>How many collections had each oldest generation.</summary>
    internal static ImmutableArray<Column<CollectionSummary>> Counts { get; } =
    [
        new("gen0", "Gen 0", Unit.Count, row => row.Count(0)),
        new("gen1", "Gen 1", Unit.Count, row => row.Count(1)),
        new("gen2", "Gen 2", Unit.Count, row => row.Count(2)),
    ];

    /// <summary>The figures of all collections.</summary>
    internal static ImmutableArray<Column<CollectionSummary>> Totals { get; } =
    [
        .. Counts,
        new("background", "Background", Unit.Count, row => row.Items.Count(item => item.Background)),
        new("induced", "Induced", Unit.Count, row => row.Induced),
        new("pauseTotalMs", "Paused", Unit.Milliseconds, row => row.PauseTotalMs),
        new("pauseMaxMs", "Longest", Unit.Milliseconds, row => row.PauseMaxMs),
        new("pausePercent", "Of time", Unit.Percent, row => row.PausePercent),
    ];

    private sealed record GenerationRow(string Name, long Bytes, long? Free);

    private sealed record Group(string Name, ImmutableArray<GarbageCollection> Items, double PauseTotalMs)
    {
        public static Group Of(string name, ImmutableArray<GarbageCollection> items) => new(name, items, items.Sum(item => item.PauseMs));
    }
}
