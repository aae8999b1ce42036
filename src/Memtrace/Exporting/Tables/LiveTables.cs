using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of what stays.</summary>
public static class LiveTables
{
    /// <summary>The live heap at each moment that is known.</summary>
    /// <param name="live">The live heap.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Snapshots(LiveHeapProfile live, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(live);
        (string Name, LiveSnapshot? Snapshot)[] all = [("At the end", live.End), ("At its peak", live.Peak), ("At peak RSS", live.PeakRss)];
        return ReportTable.Of(
            from moment in all where moment.Snapshot is not null select new NamedSnapshot(moment.Name, moment.Snapshot),
            new Column<NamedSnapshot>("name", "", ColumnKind.Text, row => row.Name),
            new("atSeconds", "At", ColumnKind.Seconds, row => row.Snapshot.AtSeconds),
            new("bytes", "Live", ColumnKind.Bytes, row => row.Snapshot.Live.Bytes),
            new("errorBytes", "Error", ColumnKind.Error, row => AllocationTables.Error(sampling, row.Snapshot.Live)),
            new("objects", "Objects", ColumnKind.Count, row => row.Snapshot.Live.Objects) { Rank = 1 },
            new("samples", "Samples", ColumnKind.Count, row => row.Snapshot.Live.Samples) { Rank = 2 },
            new("uncollectedBytes", "Not yet collected", ColumnKind.Bytes, row => row.Snapshot.Uncollected.Bytes));
    }

    /// <summary>What lives by type.</summary>
    /// <param name="snapshot">The live heap at a moment.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Types(LiveSnapshot snapshot, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return ReportTable.Of(
            snapshot.Types,
            [.. Figures<LiveType>(row => row.Survival, sampling), new("type", "Type", ColumnKind.Type, row => row.Type)]);
    }

    /// <summary>What lives by type and call site.</summary>
    /// <param name="snapshot">The live heap at a moment.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Sites(LiveSnapshot snapshot, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return ReportTable.Of(
            snapshot.Sites,
            [
                .. Figures<LiveSite>(row => row.Survival, sampling),
                .. SiteColumns.Of<LiveSite>(row => row.Type, row => row.Site, locationRank: 4),
                .. SiteColumns.Allocator<LiveSite>(row => row.Site, row => row.Allocator),
            ]);
    }

    private static ImmutableArray<Column<TRow>> Figures<TRow>(Func<TRow, Survival> survival, AllocationSampling sampling) =>
    [
        new("bytes", "Bytes", ColumnKind.Bytes, row => survival(row).Live.Bytes),
        new("errorBytes", "Error", ColumnKind.Error, row => AllocationTables.Error(sampling, survival(row).Live)),
        new("objects", "Objects", ColumnKind.Count, row => survival(row).Live.Objects) { Rank = 1 },
        new("samples", "Samples", ColumnKind.Count, row => survival(row).Live.Samples) { Rank = 5 },
        new("uncollectedBytes", "Uncollected", ColumnKind.Bytes, row => survival(row).Uncollected.Bytes) { Rank = 6 },
        new("survivedCollections", "Survived", ColumnKind.Count, row => Known(survival(row).SurvivedCollections)) { Rank = 3 },
        new("medianAgeSeconds", "Age", ColumnKind.Seconds, row => Known(survival(row).MedianAgeSeconds)) { Rank = 2 },
        new("aliveShare", "Alive", ColumnKind.Share, row => Known(survival(row).AliveShare)),
    ];

    // Of a part of a type, a filter leaves no more than its bytes.
    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private sealed record NamedSnapshot(string Name, LiveSnapshot Snapshot);
}
