using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The number of GC handles grows: handles are created and not freed.</summary>
internal sealed class HandleGrowthRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "handle-growth";

    /// <summary>A large program has some thousands of handles, and caches of weak references some more.</summary>
    private const double LeastRise = 10_000;
    private const double LeastShare = 0.1;

    /// <summary>The size of a handle in the table.</summary>
    private const int HandleBytes = 8;

    private const int LongestRow = 3;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (Growth(profile) is not { } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        var kinds = profile.Breakdown is [.., var last] ? last.Collector.HandleCounts.Take(LongestRow).ToList() : [];
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"{Count.Format(trend.Last)} GC handles, growing by {Count.Format(trend.PerSecond)}/s ({ByteSize.FormatRate(trend.PerSecond * HandleBytes)}).",
                kinds.Count > 0
                    ? $"The last snapshot has {string.Join(", ", kinds.Select(item => $"{Count.Format(item.Count)} {Name(item.Kind)}"))} handles. Every handle except a weak one keeps its object alive."
                    : "Every handle except a weak one keeps its object alive.",
                [
                    new Evidence("growthPerSecond", trend.PerSecond, Unit.Amount, trend.Error),
                    new Evidence("handles", trend.Last, Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                    .. kinds.Select(item => new Evidence($"{item.Kind}Handles", item.Count, Unit.Amount)),
                ],
                Advice(kinds.FirstOrDefault()?.Kind)),
            trend.Rise / Math.Max(1, trend.Last));
    }

    /// <summary>Each collection counts the handles; where there are too few collections, the snapshots of the memory map do.</summary>
    private static Trend? Growth(MemoryProfile profile) =>
        Trend.Growth([.. profile.Heap.Select(point => new RegressionLine.Point(point.Seconds, point.Handles))])
        ?? Trend.Growth([.. profile.Breakdown.Where(snapshot => !snapshot.Collector.HandleCounts.IsEmpty).Select(snapshot => new RegressionLine.Point(snapshot.AtSeconds, snapshot.Collector.HandleCounts.Sum(item => item.Count)))]);

    private static string Name(string kind) => kind switch
    {
        "weakTrackResurrection" => "long weak",
        "asyncPinned" => "async pinned",
        "refCounted" => "reference-counted",
        _ => kind,
    };

    private static string Advice(string? kind) => kind switch
    {
        "weak" or "weakTrackResurrection" => "Look for WeakReference objects that are constantly created and kept, and for GCHandle.Alloc with GCHandleType.Weak without Free.",
        "normal" => "Look for GCHandle.Alloc without Free, often in code that passes objects to native code.",
        "pinned" or "asyncPinned" => "Look for GCHandle.Alloc with GCHandleType.Pinned without Free, and for asynchronous I/O that never completes.",
        "dependent" => "Look for ConditionalWeakTable and DependentHandle entries whose keys stay alive.",
        "refCounted" => "Look for COM objects that are not released.",
        _ => "Look for GCHandle.Alloc without Free, and for weak references.",
    };
}
