using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>What full collections leave grows, and the recording cannot say what it is.</summary>
internal sealed class HeapGrowthRule : IFindingRule
{
    private const double LeastRise = 8 << 20;
    private const double LeastShare = 0.05;

    /// <summary>Where it is the process that grows, not what full collections left, it has to be as much as for memory outside of the heap.</summary>
    private const double LeastProcessRise = 16 << 20;

    /// <summary>The part of the growth that full collections must have left, where there are too few of them for a line.</summary>
    private const double LeastLeft = 0.5;

    public Conclusion? Apply(MemoryProfile profile) => profile.Live is not null ? null : OfFullCollections(profile) ?? OfTheProcess(profile);

    private static Conclusion? OfFullCollections(MemoryProfile profile)
    {
        var left = profile.Heap.Where(point => point.Generation == 2).Select(point => (point.Seconds, Value: (double)point.ObjectBytes)).ToList();
        if (Trend.Growth(left) is not { } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        return new Conclusion(
            new Finding(
                "heap-growth",
                FindingSeverity.Warning,
                $"The GC heap grows by {ByteSize.FormatRate(trend.PerSecond)}, also after full collections.",
                $"After each of {Count.Format(left.Count)} full collections more was left, {ByteSize.Format(trend.Last)} after the last one. "
                    + "Which objects these are, a recording without survival does not say.",
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, EvidenceUnit.BytesPerSecond, trend.Error),
                    new Evidence("heapBytes", trend.Last, EvidenceUnit.Bytes),
                    new Evidence("fullCollections", left.Count, EvidenceUnit.Count),
                    new Evidence("seconds", trend.Seconds, EvidenceUnit.Seconds),
                ],
                "Record with --live: it names the types and the call sites whose survivors grow."),
            Percent.Share(trend.Rise, profile.Memory.Rss?.CurrentBytes ?? 0));
    }

    /// <summary>With few full collections: the resident set grows, it is the GC heap, and what collections leave grows with it.</summary>
    private static Conclusion? OfTheProcess(MemoryProfile profile)
    {
        if (LastingGrowth.Of(profile) is not { IsGcHeap: true, Trend: var trend } || trend.Rise < Math.Max(LeastProcessRise, LeastShare * trend.Last)
            || new NoFullCollectionRule().Apply(profile) is not null)
            return null;
        var (first, last) = (profile.Heap[0], profile.Heap[^1]);
        var isLeft = IsLeftByFullCollections(profile, trend);
        return new Conclusion(
            new Finding(
                "heap-growth",
                isLeft ? FindingSeverity.Warning : FindingSeverity.Info,
                $"The process grows by {ByteSize.FormatRate(trend.PerSecond)}, and it is the GC heap.",
                $"{Count.Things(profile.Heap.Length, "collection", "collections")} left more and more: {ByteSize.Format(first.ObjectBytes)} at {Duration.Format(first.Seconds)}, "
                    + $"{ByteSize.Format(last.ObjectBytes)} at {Duration.Format(last.Seconds)}. "
                    + (isLeft ? "So did the full ones among them." : "Too few of them were full ones to tell how much of it is garbage."),
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, EvidenceUnit.BytesPerSecond, trend.Error),
                    new Evidence("heapBytes", last.ObjectBytes, EvidenceUnit.Bytes),
                    new Evidence("fullCollections", profile.Heap.Count(point => point.Generation == 2), EvidenceUnit.Count),
                    new Evidence("seconds", trend.Seconds, EvidenceUnit.Seconds),
                ],
                "Record with --live --gc-at-end: it names the types and the call sites whose survivors grow."),
            Percent.Share(trend.Rise, trend.Last));
    }

    private static bool IsLeftByFullCollections(MemoryProfile profile, Trend trend) =>
        profile.Heap.Where(point => point.Generation == 2).ToList() is [var first, .., var last]
        && last.Seconds - first.Seconds >= LeastLeft * trend.Seconds
        && last.ObjectBytes - first.ObjectBytes >= LeastLeft * trend.PerSecond * (last.Seconds - first.Seconds);
}
