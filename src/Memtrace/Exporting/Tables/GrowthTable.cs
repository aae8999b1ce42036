using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of what grows.</summary>
public static class GrowthTable
{
    /// <summary>Growth by type and call site.</summary>
    /// <param name="growth">What grows.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Of(ImmutableArray<GrowthSite> growth, AllocationSampling sampling)
    {
        // One axis for all, so that what began later is seen to.
        var times = growth.SelectMany(site => site.Points).Select(point => point.Seconds).DefaultIfEmpty().ToList();
        var (start, end) = (times.Min(), times.Max());
        return ReportTable.Of(
            growth,
            [
                new("bytesPerSecond", "Growth", ColumnKind.Rate, row => row.BytesPerSecond),
                new("errorBytesPerSecond", "Error", ColumnKind.Error, row => AllocationTables.Error(sampling, Rate(row))),
                new("startBytes", "First", ColumnKind.Bytes, row => row.StartBytes) { Placement = ColumnPlacement.Data },
                new("endBytes", "Last", ColumnKind.Bytes, row => row.EndBytes) { Placement = ColumnPlacement.Data },
                .. SiteColumns.Of<GrowthSite>(row => row.Type, row => row.Site, locationRank: 1),
                new("curve", "Live over time", ColumnKind.Curve, row => new Curve(row.Points, start, end, row.StartBytes, row.EndBytes))
                {
                    Placement = ColumnPlacement.Screen,
                    Rank = 2,
                },
            ]);
    }

    /// <summary>The growth a second as an estimate, which rests on as many samples as the curve has points.</summary>
    private static Estimate Rate(GrowthSite site)
    {
        var deviation = site.ErrorBytesPerSecond / Estimate.NormalQuantile95;
        return new Estimate(site.BytesPerSecond, deviation * deviation, 0, 0, site.Points.Length);
    }
}
