using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Survivors grow, at this line.</summary>
internal sealed class ManagedLeakRule : IFindingRule
{
    /// <summary>Of all sites together. What grows by less is mostly a table or a cache that fills up.</summary>
    private const double LeastRise = 4 << 20;

    /// <summary>If growth were even, the lowest of the second half would be a quarter of the whole rise above that of the second quarter; this is half of that.</summary>
    private const double LeastShareOfLows = 0.125;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Live is not { } live)
            return null;
        var leaks = live.Growth.Where(site => IsLeak(profile, site)).ToList();
        return leaks is [var worst, ..] && leaks.Sum(site => site.BytesPerSecond * Seconds(site)) >= LeastRise ? Conclude(profile, live, worst, leaks) : null;
    }

    /// <summary>
    /// What dies in generation 2 lives on until a full collection looks, and looks like a leak until then: one must have looked when half of the growth was there,
    /// and what it left must have grown as well.
    /// </summary>
    private static bool IsLeak(MemoryProfile profile, GrowthSite site)
    {
        if (Trend.Growth(site.Points) is not { } trend || !LowsRise(site.Points, trend.Rise))
            return false;
        var middle = site.Points[0].Seconds + (Seconds(site) / 2);
        return profile.Heap.Where((_, i) => IsSeen(profile.Heap, i, site)).Any(point => point.Generation == 2 && point.Seconds >= middle);
    }

    // The heap is measured a little after the collection has told what survives: the one that the last point of growth is of comes just behind it.
    private static bool IsSeen(ImmutableArray<HeapPoint> heap, int index, GrowthSite site) =>
        heap[index].Seconds <= site.Points[^1].Seconds || (index > 0 && heap[index - 1].Seconds < site.Points[^1].Seconds);

    // The first quarter is left out: at its beginning nothing of what lives is known yet.
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
        var others = leaks.Count > 1 ? $" {Count.Things(leaks.Count - 1, "other call site grows", "other call sites grow")} as well, {ByteSize.FormatRate(together)} in all." : "";
        double? error = profile.Allocations.Sampling == AllocationSampling.Randomized ? worst.ErrorBytesPerSecond : null;
        return new Conclusion(
            new Finding(
                "managed-leak",
                FindingSeverity.Warning,
                $"{worst.Type} objects pile up at {Place(worst.Site)}, {ByteSize.FormatRate(worst.BytesPerSecond)}.",
                $"What is allocated there stays: its live bytes went from {ByteSize.Format(worst.StartBytes)} to {ByteSize.Format(worst.EndBytes)} "
                    + $"in {Duration.Format(seconds)}, and full collections did not free it.{others}",
                [
                    new Evidence("growthBytesPerSecond", worst.BytesPerSecond, EvidenceUnit.BytesPerSecond, error),
                    new Evidence("liveBytes", worst.EndBytes, EvidenceUnit.Bytes),
                    new Evidence("sites", leaks.Count, EvidenceUnit.Count),
                    new Evidence("seconds", seconds, EvidenceUnit.Seconds),
                ],
                "Look for what keeps these objects: a cache or a list without a bound, an event that is never unsubscribed, a static field. What grows is listed by report --view growth."),
            together * seconds / Math.Max(1, live.End.Live.Bytes));
    }
}
