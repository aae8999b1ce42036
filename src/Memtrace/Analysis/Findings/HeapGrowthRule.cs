using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The heap after full collections grows, and the recording has no survival data to say what it is.</summary>
internal sealed class HeapGrowthRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "heap-growth";

    private const double LeastRise = 8 << 20;
    private const double LeastShare = 0.05;

    /// <summary>If the evidence is the process and not the heap after full collections, the threshold is that of memory outside the heap.</summary>
    private const double LeastProcessRise = 16 << 20;

    /// <summary>The share of the growth that must survive full collections, if there are too few for a trend.</summary>
    private const double LeastLeft = 0.5;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile) => profile.Live is not null ? null : OfFullCollections(profile) ?? OfTheProcess(profile);

    private static Conclusion? OfFullCollections(MemoryProfile profile)
    {
        var left = profile.Heap.Where(point => point.Generation == 2).Select(point => new RegressionLine.Point(point.Seconds, point.ObjectBytes)).ToList();
        if (Trend.Growth(left) is not { } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"The GC heap grows by {ByteSize.FormatRate(trend.PerSecond)}, even after full collections.",
                $"More was left after each of {Count.Format(left.Count)} full collections, {ByteSize.Format(trend.Last)} after the last. "
                    + "Survival was not recorded, so it is unknown which objects these are.",
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, Unit.BytesPerSecond, trend.Error),
                    new Evidence("heapBytes", trend.Last, Unit.Bytes),
                    new Evidence("fullCollections", left.Count, Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                ],
                "Record survival to get the types and call sites that grow.")
            {
                Next = [NextStep.RecordSurvival],
            },
            Percent.Share(trend.Rise, profile.Memory.Rss?.CurrentBytes ?? 0));
    }

    /// <summary>With few full collections: the resident set grows, most of it is the GC heap, and the heap after collections grows with it.</summary>
    private static Conclusion? OfTheProcess(MemoryProfile profile)
    {
        if (LastingGrowth.Of(profile) is not { IsGcHeap: true, Trend: var trend } || trend.Rise < Math.Max(LeastProcessRise, LeastShare * trend.Last)
            || new NoFullCollectionRule().Apply(profile) is not null)
            return null;
        var (first, last) = (profile.Heap[0], profile.Heap[^1]);
        var isLeft = IsLeftByFullCollections(profile, trend);
        return new Conclusion(
            new Finding(
                RuleId,
                isLeft ? FindingSeverity.Warning : FindingSeverity.Info,
                $"The process grows by {ByteSize.FormatRate(trend.PerSecond)}; most of it is the GC heap.",
                $"{Count.Things(profile.Heap.Length, "collection", "collections")} left more each time: {ByteSize.Format(first.ObjectBytes)} at {Duration.Format(first.Seconds)}, "
                    + $"{ByteSize.Format(last.ObjectBytes)} at {Duration.Format(last.Seconds)}. "
                    + (isLeft ? "That includes the full ones." : "There were too few full collections to tell how much of it is garbage."),
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, Unit.BytesPerSecond, trend.Error),
                    new Evidence("heapBytes", last.ObjectBytes, Unit.Bytes),
                    new Evidence("fullCollections", profile.Heap.Count(point => point.Generation == 2), Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                ],
                "Record survival with a full collection at the end to get the types and call sites that grow.")
            {
                Next = [NextStep.RecordSurvivalAndCollect],
            },
            Percent.Share(trend.Rise, trend.Last));
    }

    private static bool IsLeftByFullCollections(MemoryProfile profile, Trend trend) =>
        profile.Heap.Where(point => point.Generation == 2).ToList() is [var first, .., var last]
        && last.Seconds - first.Seconds >= LeastLeft * trend.Seconds
        && last.ObjectBytes - first.ObjectBytes >= LeastLeft * trend.PerSecond * (last.Seconds - first.Seconds);
}
