using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Collections find dead objects with finalizers faster than the finalizer thread runs them.</summary>
internal sealed class FinalizerBacklogRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "finalizer-backlog";

    private const double LeastRise = 1000;

    /// <summary>Fewer collections do not show that the queue was not emptied between them.</summary>
    private const int LeastCollections = 4;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var pending = profile.Heap.Select(point => new RegressionLine.Point(point.Seconds, point.FinalizationPending)).ToList();
        if ((Trend.Growth(pending) ?? Unbroken(profile.Heap)) is not { } trend || trend.Rise < LeastRise)
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"The finalizer thread falls behind: {Count.Things(trend.Last, "object waits", "objects wait")} for finalization.",
                $"Collections found {Count.Format(profile.Heap.Sum(point => (double)point.FinalizationSurvivors))} dead objects with finalizers in {Duration.Format(trend.Seconds)}, "
                    + "and the finalizer thread has not emptied its queue since: it is slow, or a finalizer hangs. Until it has, everything these objects refer to stays in memory.",
                [
                    new Evidence("growthPerSecond", trend.PerSecond, Unit.Amount, trend.Error > 0 ? trend.Error : null),
                    new Evidence("pendingObjects", trend.Last, Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                ],
                "Check the stack of the finalizer thread (dotnet-stack). Dispose such objects after use, and keep finalizers short."),
            Weight: 0);
    }

    /// <summary>The growth over collections that are too few for a trend. If each adds all that it found, the queue was never empty between them; these are counts, without an error.</summary>
    private static Trend? Unbroken(ImmutableArray<HeapPoint> heap)
    {
        if (heap.Length < LeastCollections || heap[^1].Seconds - heap[0].Seconds is not (>= Trend.LeastSeconds and var seconds))
            return null;
        var (first, last) = (heap[0].FinalizationPending, heap[^1].FinalizationPending);
        return heap.Skip(1).Zip(heap).All(pair => pair.First.FinalizationPending == pair.Second.FinalizationPending + pair.First.FinalizationSurvivors)
            ? new Trend((last - first) / seconds, 0, seconds, last)
            : null;
    }
}
