using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of the live heap.</summary>
internal static class LiveTables
{
    /// <summary>The snapshots of the live heap.</summary>
    /// <param name="live">The live heap.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Snapshots(LiveHeapProfile live, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(live);
        var bytes = new EstimateColumns<NamedSnapshot>(sampling, row => row.Snapshot.Live);
        return ReportTable.Of(
            [
                new("At the end", live.End),
                new("At its peak", live.Peak),
                .. live.PeakRss is { } peakRss ? [new NamedSnapshot("At peak RSS", peakRss)] : ImmutableArray<NamedSnapshot>.Empty,
            ],
            new Column<NamedSnapshot>("name", "", ColumnKind.Text, row => row.Name),
            new("atSeconds", "At", Unit.Seconds, row => row.Snapshot.AtSeconds),
            bytes.Bytes with { Title = "Live" },
            bytes.Error,
            bytes.Low,
            bytes.High,
            AtMost<NamedSnapshot>(row => row.Snapshot),
            bytes.Objects with { Rank = 1 },
            bytes.Samples with { Rank = 2 },
            new("uncollectedBytes", "Not yet collected", Unit.Bytes, row => row.Snapshot.Uncollected.Bytes));
    }

    /// <summary>Live objects by type.</summary>
    /// <param name="snapshot">The live heap at a moment.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Types(LiveSnapshot snapshot, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return ReportTable.Of(
            snapshot.Types,
            [.. Survival<LiveType>(row => row.Survival, sampling), new("type", "Type", ColumnKind.Type, row => row.Type)]);
    }

    /// <summary>Live objects by type and call site.</summary>
    /// <param name="snapshot">The live heap at a moment.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Sites(LiveSnapshot snapshot, AllocationSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var site = new SiteColumns<LiveSite>(row => row.Site);
        return ReportTable.Of(
            snapshot.Sites,
            [
                .. Survival<LiveSite>(row => row.Survival, sampling),
                new("type", "Type", ColumnKind.Type, row => row.Type),
                site.Method,
                .. site.Source,
                site.Location with { Rank = 4 },
                .. site.Allocator(row => row.Allocator),
                SiteColumns<LiveSite>.Stack(row => row.Stack),
            ]);
    }

    /// <summary>Bytes that were alive at most at a moment.</summary>
    /// <typeparam name="TRow">Has a snapshot.</typeparam>
    /// <param name="snapshot">The snapshot of a row.</param>
    public static Column<TRow> AtMost<TRow>(Func<TRow, LiveSnapshot> snapshot) => new("atMostBytes", "At most", Unit.Bytes, row => snapshot(row).AtMostBytes);

    private static ImmutableArray<Column<TRow>> Survival<TRow>(Func<TRow, Survival> survival, AllocationSampling sampling)
    {
        var live = new EstimateColumns<TRow>(sampling, row => survival(row).Live);
        return
        [
            .. live.Amount,
            live.Objects with { Rank = 1 },
            live.Samples with { Rank = 5 },
            new("uncollectedBytes", "Uncollected", Unit.Bytes, row => survival(row).Uncollected.Bytes) { Rank = 6 },
            new("survivedCollections", "Survived", Unit.Amount, row => survival(row).SurvivedCollections) { Rank = 3 },
            new("medianAgeSeconds", "Age", Unit.Seconds, row => survival(row).MedianAgeSeconds) { Rank = 2 },
            new("aliveShare", "Alive", Unit.Share, row => survival(row).AliveShare),
        ];
    }

    private sealed record NamedSnapshot(string Name, LiveSnapshot Snapshot);
}
