using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Survivors of a call site grow.</summary>
internal sealed class ManagedLeakRule : IFindingRule
{
    /// <summary>Of all sites together. Smaller growth is usually a table or a cache that fills up.</summary>
    private const double LeastRise = 4 << 20;

    /// <summary>With even growth, the minimum of the second half is above that of the second quarter by a quarter of the whole rise; this is half of that.</summary>
    private const double LeastShareOfLows = 0.125;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Live is not { } live)
            return null;
        var leaks = live.Growth.Where(site => IsLeak(profile, site)).ToList();
        return leaks is [var worst, ..] && leaks.Sum(site => site.BytesPerSecond * Seconds(site)) >= LeastRise ? Conclude(profile, live, worst, leaks) : null;
    }

    /// <summary>
    /// Objects that die in generation 2 look like a leak until a full collection: one must have taken place in the second half of the growth,
    /// and what survived it must have grown as well.
    /// </summary>
    private static bool IsLeak(MemoryProfile profile, GrowthSite site)
    {
        if (Trend.Growth(site.Points) is not { } trend || !LowsRise(site.Points, trend.Rise))
            return false;
        var middle = site.Points[0].Seconds + (Seconds(site) / 2);
        return profile.Heap.Where((_, i) => IsCovered(profile.Heap, i, site)).Any(point => point.Generation == 2 && point.Seconds >= middle);
    }

    // The heap statistics follow the survival events of a collection, so those of the last growth point come just after it.
    private static bool IsCovered(ImmutableArray<HeapPoint> heap, int index, GrowthSite site) =>
        heap[index].Seconds <= site.Points[^1].Seconds || (index > 0 && heap[index - 1].Seconds < site.Points[^1].Seconds);

    // The first quarter is left out: at its start, no live objects are known yet.
    private static bool LowsRise(ImmutableArray<(double Seconds, double Bytes)> points, double rise)
    {
        var (quarter, half) = (points.Length / 4, points.Length / 2);
        return points[half..].Min(point => point.Bytes) - points[quarter..half].Min(point => point.Bytes) >= LeastShareOfLows * rise;
    }

    private static double Seconds(GrowthSite site) => site.Points[^1].Seconds - site.Points[0].Seconds;

    private static Conclusion Conclude(MemoryProfile profile, LiveHeapProfile live, GrowthSite worst, List<GrowthSite> leaks)
    {
        var seconds = Seconds(worst);
        var together = leaks.Sum(site => site.BytesPerSecond);
        var others = leaks.Count > 1 ? $" {Count.Things(leaks.Count - 1, "other call site grows", "other call sites grow")} as well, {ByteSize.FormatRate(together)} in total." : "";
        double? error = profile.Allocations.Sampling == AllocationSampling.Randomized ? worst.ErrorBytesPerSecond : null;
        return new Conclusion(
            new Finding(
                "managed-leak",
                FindingSeverity.Warning,
                $"{worst.Type} objects accumulate at {Place(worst.Site)}, {ByteSize.FormatRate(worst.BytesPerSecond)}.",
                $"Objects allocated there stay alive: from {ByteSize.Format(worst.StartBytes)} to {ByteSize.Format(worst.EndBytes)} "
                    + $"in {Duration.Format(seconds)}, and full collections did not free it.{others}",
                [
                    new Evidence("growthBytesPerSecond", worst.BytesPerSecond, EvidenceUnit.BytesPerSecond, error),
                    new Evidence("liveBytes", worst.EndBytes, EvidenceUnit.Bytes),
                    new Evidence("sites", leaks.Count, EvidenceUnit.Count),
                    new Evidence("seconds", seconds, EvidenceUnit.Seconds),
                ],
                "Find what holds these objects: an unbounded cache or list, an event handler that is never removed, a static field.")
            {
                Next = [NextStep.ListGrowth],
            },
            together * seconds / Math.Max(1, live.End.Live.Bytes));
    }
}
