using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The part of the heap that only a full collection can free grows, and there is none.</summary>
internal sealed class NoFullCollectionRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "no-full-collection";

    private const double LongSeconds = 30;
    private const double LeastRise = 32 << 20;
    private const double LeastShare = 0.2;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var recent = profile.Heap.Reverse().TakeWhile(point => point.Generation < 2).Reverse().ToList();
        var old = recent.Select(point => new RegressionLine.Point(point.Seconds, point.Size.Gen2 + point.Size.Loh)).ToList();
        if (Trend.Growth(old) is not { Seconds: >= LongSeconds } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Info,
                $"Gen 2 and the large object heap grow by {ByteSize.FormatRate(trend.PerSecond)}, without a full collection in {Duration.Format(trend.Seconds)}.",
                $"They have reached {ByteSize.Format(trend.Last)}. How much of it is garbage is unknown until a full collection: "
                    + "this neither shows a leak nor excludes one.",
                [
                    new Evidence("growthBytesPerSecond", trend.PerSecond, Unit.BytesPerSecond, trend.Error),
                    new Evidence("oldBytes", trend.Last, Unit.Bytes),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                ],
                "Record survival with a full collection at the end, or record for longer.")
            {
                Next = [NextStep.RecordSurvivalAndCollect],
            },
            trend.Rise / Math.Max(1, trend.Last));
    }
}
