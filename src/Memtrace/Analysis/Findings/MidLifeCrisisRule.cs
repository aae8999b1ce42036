using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Objects live just long enough to die in Gen 2.</summary>
internal sealed class MidLifeCrisisRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "mid-life-crisis";

    private const double LeastBytes = 16 << 20;

    /// <summary>The share of all allocated bytes that has to die in generation 2; below it the cost is hardly visible.</summary>
    private const double LeastShare = 0.05;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Live is not { } live)
            return null;
        var crises = live.Lifetimes.Where(site => site.IsMidLifeCrisis).OrderByDescending(site => site.DiedGen2).ToList();
        var (died, error) = (crises.Sum(site => site.DiedGen2), Math.Sqrt(crises.Sum(ErrorSquared)));
        if (died - error < Math.Max(LeastBytes, LeastShare * profile.Allocations.Total.Bytes))
            return null;
        var worst = crises[0];
        var share = Percent.Share(died, profile.Allocations.Total.Bytes);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"{worst.Type} objects allocated at {Place(worst.Site)} live just long enough to die in Gen 2.",
                $"{ByteSize.Format(died)}, {Percent.Format(share)} of the allocated bytes, survived generations 0 and 1 and died afterwards, from "
                    + $"{Count.Things(crises.Count, "call site", "call sites")}. That is the most expensive lifetime: copied twice, and freed only by a full collection.",
                [
                    new Evidence("diedGen2Bytes", died, Unit.Bytes, profile.Allocations.Sampling == AllocationSampling.Randomized ? error : null),
                    new Evidence("sharePercent", 100 * share, Unit.Percent),
                    new Evidence("sites", crises.Count, Unit.Amount),
                ],
                "Keep them for a shorter time (smaller queues, less waiting between allocation and use), or permanently (a pool).")
            {
                Next = [NextStep.ListLifetimes],
            },
            share);
    }

    /// <summary>The variance of a part of an estimate is the same part of its variance.</summary>
    private static double ErrorSquared(LifetimeSite site) =>
        site.Allocated.ErrorBytes * site.Allocated.ErrorBytes * Percent.Share(site.DiedGen2, site.Allocated.Bytes);
}
