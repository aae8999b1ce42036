using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Collections find dead objects with finalizers faster than the finalizer thread runs them.</summary>
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
                $"The finalizer thread falls behind: {Count.Things(trend.Last, "object waits", "objects wait")} for finalization.",
                $"Collections found {Count.Format(profile.Heap.Sum(point => (double)point.FinalizationSurvivors))} dead objects with finalizers in {Duration.Format(trend.Seconds)}, "
                    + "and the finalizer thread has not emptied its queue since: it is slow, or a finalizer hangs. Until it has, everything these objects refer to stays in memory.",
                [
                    new Evidence("growthPerSecond", trend.PerSecond, Unit.Amount, trend.Error),
                    new Evidence("pendingObjects", trend.Last, Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                ],
                "Check the stack of the finalizer thread (dotnet-stack). Dispose such objects after use, and keep finalizers short."),
            Weight: 0);
    }
}
