using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Allocations: the total, by type, by call site.</summary>
internal static class AllocationsSection
{
    /// <summary>Writes the total.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="filter">What they were filtered by, or null.</param>
    public static void WriteTotal(ReportPage page, AllocationProfile allocations, AppliedFilter? filter)
    {
        page.Section("Allocations");
        if (!allocations.IsKnown)
        {
            page.Line(new TextRun("  The recording has no allocation events.", Theme.Quiet));
            return;
        }

        var list = new EstimateList(page, allocations.Sampling);
        var total = allocations.Total;
        page.Line(
            new("  " + list.Amount(total), Theme.Title),
            new($"  {ByteSize.FormatRate(allocations.BytesPerSecond)}, {Count.Things(total.Objects, "object", "objects")}, {Count.Things(total.Samples, "sample", "samples")}", Theme.Plain));
        list.WriteFilter(filter, total, profile => profile.Allocations.Total);
    }

    /// <summary>Writes the allocations by type.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="selection">Which types.</param>
    public static void WriteTypes(ReportPage page, AllocationProfile allocations, AllocationSelection selection)
    {
        var selected = selection.Apply(allocations);
        new EstimateList(page, allocations.Sampling).Write(
            "Allocations by type",
            allocations.Total,
            allocations.Types.Length,
            [.. selected.Types.Select(type => type.Allocated)],
            AllocationTables.Types(selected));
    }

    /// <summary>Writes the allocations by call site.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="allocations">The allocations.</param>
    /// <param name="selection">Which call sites.</param>
    public static void WriteSites(ReportPage page, AllocationProfile allocations, AllocationSelection selection)
    {
        var selected = selection.Apply(allocations);
        new EstimateList(page, allocations.Sampling).Write(
            "Allocations by call site",
            allocations.Total,
            allocations.Sites.Length,
            [.. selected.Sites.Select(site => site.Allocated)],
            AllocationTables.Sites(selected));
    }
}
