using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of growing survivors.</summary>
internal static class GrowthTable
{
    /// <summary>Growth by type and call site.</summary>
    /// <param name="growth">The growing call sites.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static ReportTable Of(ImmutableArray<GrowthSite> growth, AllocationSampling sampling)
    {
        // All curves share an axis, so that a late start is visible.
        var times = growth.SelectMany(site => site.Points).Select(point => point.Seconds).DefaultIfEmpty().ToList();
        var (start, end) = (times.Min(), times.Max());
        var site = new SiteColumns<GrowthSite>(row => row.Site);
        return ReportTable.Of(
            growth,
            [
                new("bytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.BytesPerSecond),
                new EstimateColumns<GrowthSite>(sampling, row => Estimate.Normal(row.BytesPerSecond, row.ErrorBytesPerSecond)).Error with { Key = "errorBytesPerSecond" },
                new("startBytes", "First", Unit.Bytes, row => row.StartBytes) { Placement = ColumnPlacement.Data },
                new("endBytes", "Last", Unit.Bytes, row => row.EndBytes) { Placement = ColumnPlacement.Data },
                new("type", "Type", ColumnKind.Type, row => row.Type),
                site.Method,
                .. site.Source,
                site.Location with { Rank = 1 },
                new("heldBy", "Held by", ColumnKind.Path, row => row.HeldBy is { } holder ? HeapTables.Path(holder.Path) : null) { Placement = ColumnPlacement.Data },
                new("heldShare", "Held there", Unit.Share, row => row.HeldBy?.Share) { Placement = ColumnPlacement.Data },
                new("holder", "held by", ColumnKind.Path, row => row.HeldBy is { } holder ? HolderText.Of(holder) : null) { Placement = ColumnPlacement.Detail },
                new("points", "Live over time", ColumnKind.Curve, row => new Curve(row.Points, start, end, row.StartBytes, row.EndBytes)) { Rank = 2 },
            ]);
    }
}
