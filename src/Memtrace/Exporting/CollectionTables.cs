using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

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

    private sealed record Group(string Name, ImmutableArray<GarbageCollection> Items, double PauseTotalMs)
    {
        public static Group Of(string name, ImmutableArray<GarbageCollection> items) => new(name, items, items.Sum(item => item.PauseMs));
    }
}
