using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of allocations.</summary>
internal static class AllocationTables
{
    /// <summary>Allocations by type.</summary>
    /// <param name="allocations">The allocations.</param>
    public static ReportTable Types(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        var allocated = new EstimateColumns<TypeAllocations>(allocations.Sampling, row => row.Allocated);
        return ReportTable.Of(
            allocations.Types,
            [
                .. allocated.Amount,
                new("share", "Share", Unit.Share, row => Share(allocations, row.Allocated)),
                new("bytesPerSecond", "Rate", Unit.BytesPerSecond, row => Share(allocations, row.Allocated) * allocations.BytesPerSecond) { Rank = 1 },
                allocated.Objects,
                allocated.Samples with { Rank = 2 },
                new("type", "Type", ColumnKind.Type, row => row.Type),
            ]);
    }

    /// <summary>Allocations by type and call site.</summary>
    /// <param name="allocations">The allocations.</param>
    public static ReportTable Sites(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        var allocated = new EstimateColumns<SiteAllocations>(allocations.Sampling, row => row.Allocated);
        var site = new SiteColumns<SiteAllocations>(row => row.Site);
        return ReportTable.Of(
            allocations.Sites,
            [
                .. allocated.Amount,
                new("share", "Share", Unit.Share, row => Share(allocations, row.Allocated)) { Rank = 2 },
                allocated.Objects,
                allocated.Samples with { Rank = 3 },
                new("type", "Type", ColumnKind.Type, row => row.Type),
                site.Method,
                .. site.Source,
                site.Location with { Rank = 1 },
                .. site.Allocator(row => row.Allocator),
                SiteColumns<SiteAllocations>.Stack(row => row.Stack),
            ]);
    }

    private static double Share(AllocationProfile allocations, Estimate estimate) => Percent.Share(estimate.Bytes, allocations.Total.Bytes);
}
