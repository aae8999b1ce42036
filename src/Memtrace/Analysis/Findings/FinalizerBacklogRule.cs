using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Collections find more objects with finalizers than the finalizer thread gets through.</summary>
internal sealed class FinalizerBacklogRule : IFindingRule
{
    private const double LeastRise = 1000;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var pending = profile.Heap.Select(point => (point.Seconds, Value: (double)point.FinalizationPending)).ToList();
        if (Trend.Growth(pending) is not { } trend || trend.Rise < LeastRise)
            return null;
        return new Conclusion(
            new Finding(
                "finalizer-backlog",
                FindingSeverity.Warning,
                $"The finalizer thread does not keep up: {Count.Things(trend.Last, "object waits", "objects wait")} for it.",
                $"Collections found {Count.Format(profile.Heap.Sum(point => (double)point.FinalizationSurvivors))} dead objects with finalizers in {Duration.Format(trend.Seconds)}, "
                    + "and the finalizer thread has not been through its queue since most of them: it is slow, or a finalizer hangs. Until then all that they refer to stays as well.",
                [
                    new Evidence("growthPerSecond", trend.PerSecond, EvidenceUnit.Count, trend.Error),
                    new Evidence("pendingObjects", trend.Last, EvidenceUnit.Count),
                    new Evidence("seconds", trend.Seconds, EvidenceUnit.Seconds),
                ],
                "Look at the finalizer thread's stack (dotnet-stack), dispose such objects where they are used, and keep finalizers short."),
            Weight: 0);
    }
}
