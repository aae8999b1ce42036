using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>
/// Growth of a process that will continue: garbage that fills the GC heap until the next collection is not growth. Cached file pages, which the kernel drops
/// when memory is short, do not count.
/// </summary>
/// <param name="Trend">The growth.</param>
/// <param name="IsGcHeap">Whether most of it is the GC heap.</param>
internal sealed record LastingGrowth(Trend Trend, bool IsGcHeap)
{
    /// <summary>A limit reached within this time is reached soon: an hour.</summary>
    public const double SoonSeconds = 3600;

    /// <summary>The share of the growth that decides what it is, and whether it lasts.</summary>
    private const double Most = 0.5;

    /// <summary>The growth; null if there is none beyond its error, or if it can be garbage.</summary>
    public static LastingGrowth? Of(MemoryProfile profile)
    {
        if (Trend.Growth(Held(profile)) is not { } trend)
            return null;
        if (IsOutside(profile, trend))
            return new LastingGrowth(trend, IsGcHeap: false);
        return IsLeftByCollections(profile, trend) ? new LastingGrowth(trend, IsGcHeap: true) : null;
    }

    /// <summary>Whether the recording is long enough to show growth, if there is any.</summary>
    public static bool IsKnown(MemoryProfile profile) => Trend.Shows(Held(profile));

    private static List<RegressionLine.Point> Held(MemoryProfile profile) => [.. profile.Readings.Select(reading => new RegressionLine.Point(reading.Seconds, reading.HeldBytes))];

    // Without a breakdown: the heap cannot have grown by more than what was allocated.
    private static bool IsOutside(MemoryProfile profile, Trend trend)
    {
        if (profile.Breakdown is [var first, .., var last] && first.Knows(MemoryCategory.GcHeap) && last.Knows(MemoryCategory.GcHeap))
            return Heap(last) - Heap(first) < Most * trend.PerSecond * (last.AtSeconds - first.AtSeconds);
        return profile.Allocations.IsKnown && profile.Allocations.Total.Bytes < Most * trend.Rise;
    }

    /// <summary>The heap after collections must have grown as well, over most of the time.</summary>
    private static bool IsLeftByCollections(MemoryProfile profile, Trend trend) =>
        profile.Heap is [var first, .., var last]
        && last.Seconds - first.Seconds >= Most * trend.Seconds
        && last.ObjectBytes - first.ObjectBytes >= Most * trend.PerSecond * (last.Seconds - first.Seconds);

    private static long Heap(MemoryBreakdown snapshot) => snapshot[MemoryCategory.GcHeap] + snapshot[MemoryCategory.GcBookkeeping];
}
