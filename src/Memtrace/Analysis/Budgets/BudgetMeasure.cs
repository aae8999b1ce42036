using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Budgets;

/// <summary>A figure of a recording that a budget limits.</summary>
/// <param name="Name">Its name in files of budgets.</param>
/// <param name="Of">The figure in bytes, exact ones without an error; null where the recording does not have it.</param>
public sealed record BudgetMeasure(string Name, Func<MemoryProfile, Estimate?> Of)
{
    /// <summary>Allocations on the GC heap, sampled.</summary>
    public static BudgetMeasure Allocated { get; } = new("allocated", profile => profile.Allocations.IsKnown ? profile.Allocations.Total : null);

    /// <summary>All of them.</summary>
    public static ImmutableArray<BudgetMeasure> All { get; } =
    [
        new("peakRss", profile => Exact(profile.Memory.ProcessPeakRssBytes ?? profile.Memory.Rss?.PeakBytes)),
        new("peakGcHeap", profile => Exact(profile.Memory.GcHeap?.PeakBytes)),
        new("peakGcCommitted", profile => Exact(profile.Memory.GcCommitted?.PeakBytes)),
        Allocated,
        new("growth", Growth) { IsRate = true },
    ];

    /// <summary>Whether the figure is in bytes per second.</summary>
    public bool IsRate { get; init; }

    private static Estimate? Exact(long? bytes) => bytes is { } known ? new Estimate(known, 0, 0, 0, 1) : null;

    // A resident set that does not grow beyond its error has no growth.
    private static Estimate? Growth(MemoryProfile profile)
    {
        if (profile.Memory.Rss is null)
            return null;
        return profile.Memory.RssGrowth is { } growth ? Estimate.Normal(growth.BytesPerSecond, growth.ErrorBytesPerSecond) : Estimate.Zero;
    }
}
