using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>What only a full collection could free grows, and there is none.</summary>
internal sealed class NoFullCollectionRule : IFindingRule
{
    private const double LongSeconds = 30;
    private const double LeastRise = 32 << 20;
    private const double LeastShare = 0.2;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var recent = profile.Heap.Reverse().TakeWhile(point => point.Generation < 2).Reverse().ToList();
        var old = recent.Select(point => (point.Seconds, Value: (double)(point.Size.Gen2 + point.Size.Loh))).ToList();
        if (Trend.Growth(old) is not { Seconds: >= LongSeconds } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        return new Conclusion(
            new Finding(
                "no-full-collection",
                FindingSeverity.Info,
                $"The old part of the GC heap grows by {ByteSize.FormatRate(trend.PerSecond)}, and no full collection has looked for {Duration.Format(trend.Seconds)}.",
                $"Generation 2 and the large object heap have reached {ByteSize.Format(trend.Last)}. How much of it is garbage nobody knows before a full collection: "
                    + "this is no sign of a leak, nor of there being none.",
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, EvidenceUnit.BytesPerSecond, trend.Error),
                    new Evidence("oldBytes", trend.Last, EvidenceUnit.Bytes),
                    new Evidence("seconds", trend.Seconds, EvidenceUnit.Seconds),
                ],
                "Record with --live --gc-at-end, which ends with a full collection, or for longer."),
            trend.Rise / Math.Max(1, trend.Last));
    }
}
