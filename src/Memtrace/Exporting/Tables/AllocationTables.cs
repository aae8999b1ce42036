using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of allocations.</summary>
public static class AllocationTables
{
    /// <summary>Allocations by type.</summary>
    /// <param name="allocations">The allocations.</param>
    public static ReportTable Types(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        return ReportTable.Of(
            allocations.Types,
            new Column<TypeAllocations>("bytes", "Bytes", ColumnKind.Bytes, row => row.Allocated.Bytes),
            new("errorBytes", "Error", ColumnKind.Error, row => Error(allocations.Sampling, row.Allocated)),
            new("share", "Share", ColumnKind.Share, row => Share(allocations, row.Allocated)),
            new("bytesPerSecond", "Rate", ColumnKind.Rate, row => Rate(allocations, row.Allocated)) { Rank = 1 },
            new("objects", "Objects", ColumnKind.Count, row => row.Allocated.Objects),
            new("samples", "Samples", ColumnKind.Count, row => row.Allocated.Samples) { Rank = 2 },
            new("type", "Type", ColumnKind.Type, row => row.Type));
    }

    /// <summary>Allocations by type and call site.</summary>
    /// <param name="allocations">The allocations.</param>
    public static ReportTable Sites(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        return ReportTable.Of(
            allocations.Sites,
            [
                new("bytes", "Bytes", ColumnKind.Bytes, row => row.Allocated.Bytes),
                new("errorBytes", "Error", ColumnKind.Error, row => Error(allocations.Sampling, row.Allocated)),
                new("share", "Share", ColumnKind.Share, row => Share(allocations, row.Allocated)) { Rank = 2 },
                new("objects", "Objects", ColumnKind.Count, row => row.Allocated.Objects),
                new("samples", "Samples", ColumnKind.Count, row => row.Allocated.Samples) { Rank = 3 },
                .. SiteColumns.Of<SiteAllocations>(row => row.Type, row => row.Site, locationRank: 1),
                .. SiteColumns.Allocator<SiteAllocations>(row => row.Site, row => row.Allocator),
            ]);
    }

    /// <summary>The error of an estimate, or null where none can be stated: a tick says nothing about what it stands for.</summary>
    internal static object? Error(AllocationSampling sampling, Estimate estimate) =>
        sampling == AllocationSampling.Randomized ? estimate : null;

    internal static double Share(AllocationProfile allocations, Estimate estimate) =>
        allocations.Total.Bytes > 0 ? estimate.Bytes / allocations.Total.Bytes : 0;

    private static double Rate(AllocationProfile allocations, Estimate estimate) => Share(allocations, estimate) * allocations.BytesPerSecond;
}
