using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>Adds to a profile what follows from its figures: growth, the room left in the GC heap, findings, and whether it leaks.</summary>
internal static class ProfileConclusions
{
    /// <summary>The profile with its conclusions.</summary>
    public static MemoryProfile WithConclusions(this MemoryProfile profile)
    {
        profile = profile with { Memory = profile.Memory with { RssGrowth = Growth(profile), GcHeapLeftBytes = GcHeapLeft(profile) } };
        profile = profile with { Findings = FindingRules.Apply(profile) };
        return profile with { Leak = LeakAssessment.Of(profile) };
    }

    private static RssGrowth? Growth(MemoryProfile profile) => LastingGrowth.Of(profile) is { Trend: var trend } growth
        ? new RssGrowth(trend.PerSecond, trend.Error, trend.Seconds, growth.IsGcHeap)
        : null;

    private static long? GcHeapLeft(MemoryProfile profile) =>
        profile.GcSettings?.HeapHardLimitBytes is { } limit && (profile.Memory.GcCommitted ?? profile.Memory.GcHeap) is { } heap ? Math.Max(0, limit - heap.CurrentBytes) : null;
}
