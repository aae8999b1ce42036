using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>What full collections leave grows, and the recording cannot say what it is.</summary>
internal sealed class HeapGrowthRule : IFindingRule
{
    private const double LeastRise = 8 << 20;
    private const double LeastShare = 0.05;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Live is not null)
            return null;
        var left = profile.Heap.Where(point => point.Generation == 2).Select(point => (point.Seconds, Value: (double)(point.Size.Total - (point.Free?.Total ?? 0)))).ToList();
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
}
