using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of object lifetimes.</summary>
internal static class LifetimeTable
{
    /// <summary>Where objects die, by type and call site: in bytes, on the screen in bytes per second.</summary>
    /// <param name="lifetimes">The call sites.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Of(ImmutableArray<LifetimeSite> lifetimes, AllocationSampling sampling)
    {
        var allocated = new EstimateColumns<LifetimeSite>(sampling, row => row.Allocated);
        var site = new SiteColumns<LifetimeSite>(row => row.Site);
        return ReportTable.Of(
            lifetimes,
            [
                allocated.Bytes with { Placement = ColumnPlacement.Data },
                new("bytesPerSecond", "Allocated", Unit.BytesPerSecond, row => row.BytesPerSecond) { Rank = 3 },
                allocated.Error with { Rank = 4 },
                allocated.Low,
                allocated.High,
                allocated.Objects with { Placement = ColumnPlacement.Data },
                allocated.Samples with { Placement = ColumnPlacement.Data },
                .. Part("diedGen0", "Died: Gen 0", row => row.DiedGen0),
                .. Part("diedGen1", "Gen 1", row => row.DiedGen1),
                .. Part("diedGen2", "Gen 2", row => row.DiedGen2),
                new("alive", "", Unit.Bytes, row => row.Alive) { Placement = ColumnPlacement.Data },
                new("aliveShare", "Alive", Unit.Share, row => Percent.Share(row.Alive, row.Allocated.Bytes)) { Rank = 2 },
                new("midLifeCrisis", "Crisis", row => row.IsMidLifeCrisis) { Placement = ColumnPlacement.Data },
                new("type", "Type", ColumnKind.Type, row => row.Type),
                site.Method,
                .. site.Source,
                site.Location with { Rank = 1 },
                new("remark", "!", ColumnKind.Text, Remark) { Placement = ColumnPlacement.Detail },
            ]);
    }

    /// <summary>A part of the allocated bytes as bytes per second.</summary>
    /// <param name="site">The call site.</param>
    /// <param name="bytes">The part.</param>
    public static double PerSecond(LifetimeSite site, double bytes)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.BytesPerSecond * Percent.Share(bytes, site.Allocated.Bytes);
    }

    private static string? Remark(LifetimeSite site) => (site.DiesOld, site.IsLarge) switch
    {
        (true, false) => "mid-life crisis",
        (true, true) => "large objects",
        _ => null,
    };

    private static ImmutableArray<Column<LifetimeSite>> Part(string key, string title, Func<LifetimeSite, double> bytes) =>
    [
        new(key, title, Unit.Bytes, row => bytes(row)) { Placement = ColumnPlacement.Data },
        new(key + "PerSecond", title, Unit.BytesPerSecond, row => PerSecond(row, bytes(row))) { Placement = ColumnPlacement.Screen },
    ];
}
