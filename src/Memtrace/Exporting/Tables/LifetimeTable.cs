using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of what passes through.</summary>
public static class LifetimeTable
{
    /// <summary>Where objects die, by type and call site: in bytes, on the screen in bytes a second.</summary>
    /// <param name="lifetimes">The call sites.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Of(ImmutableArray<LifetimeSite> lifetimes, AllocationSampling sampling) => ReportTable.Of(
        lifetimes,
        [
            Data("bytes", row => row.Allocated.Bytes),
            new("bytesPerSecond", "Allocated", ColumnKind.Rate, row => row.BytesPerSecond) { Rank = 3 },
            new("errorBytes", "Error", ColumnKind.Error, row => AllocationTables.Error(sampling, row.Allocated)) { Rank = 4 },
            Data("diedGen0", row => row.DiedGen0),
            Data("diedGen1", row => row.DiedGen1),
            Data("diedGen2", row => row.DiedGen2),
            Data("alive", row => row.Alive),
            Screen("gen0", "Died gen 0", ColumnKind.Rate, row => PerSecond(row, row.DiedGen0)),
            Screen("gen1", "Gen 1", ColumnKind.Rate, row => PerSecond(row, row.DiedGen1)),
            Screen("gen2", "Gen 2", ColumnKind.Rate, row => PerSecond(row, row.DiedGen2)),
            Screen("aliveShare", "Alive", ColumnKind.Share, row => row.Allocated.Bytes > 0 ? row.Alive / row.Allocated.Bytes : 0) with { Rank = 2 },
            new("midLifeCrisis", "Crisis", ColumnKind.Flag, row => row.IsMidLifeCrisis) { Placement = ColumnPlacement.Data },
            .. SiteColumns.Of<LifetimeSite>(row => row.Type, row => row.Site, locationRank: 1),
            new("remark", "!", ColumnKind.Text, Remark) { Placement = ColumnPlacement.Detail },
        ]);

    /// <summary>Bytes a second of what is a part of the allocated bytes.</summary>
    /// <param name="site">The call site.</param>
    /// <param name="bytes">The part.</param>
    public static double PerSecond(LifetimeSite site, double bytes)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.Allocated.Bytes > 0 ? site.BytesPerSecond * bytes / site.Allocated.Bytes : 0;
    }

    private static string? Remark(LifetimeSite site) => (site.DiesOld, site.IsLarge) switch
    {
        (true, false) => "mid-life crisis",
        (true, true) => "large objects",
        _ => null,
    };

    private static Column<LifetimeSite> Data(string key, Func<LifetimeSite, double> bytes) =>
        new(key, "", ColumnKind.Bytes, row => bytes(row)) { Placement = ColumnPlacement.Data };

    private static Column<LifetimeSite> Screen(string key, string title, ColumnKind kind, Func<LifetimeSite, double> value) =>
        new(key, title, kind, row => value(row)) { Placement = ColumnPlacement.Screen };
}
