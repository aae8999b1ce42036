using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The number of threads grows.</summary>
internal sealed class ThreadGrowthRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "thread-growth";

    private const double LeastRise = 16;
    private const double LeastShare = 0.25;

    /// <summary>A starting program adds threads as well, but not for this long.</summary>
    private const double StartupSeconds = 60;
    private const double StartupRise = 64;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var threads = profile.Readings.Where(reading => reading.Threads is not null).Select(reading => new RegressionLine.Point(reading.Seconds, reading.Threads!.Value)).ToList();
        if (Trend.Growth(threads) is not { } trend || trend.Rise < Math.Max(LeastRise, LeastShare * trend.Last))
            return null;
        var stacks = profile.Breakdown is [.., var last] ? last[MemoryCategory.ThreadStacks] : default(long?);
        return new Conclusion(
            new Finding(
                RuleId,
                trend.Seconds < StartupSeconds && trend.Rise < StartupRise ? FindingSeverity.Info : FindingSeverity.Warning,
                $"The number of threads grows by {Count.Format(60 * trend.PerSecond)} per minute, to {Count.Format(trend.Last)}.",
                stacks is { } bytes ? $"Their stacks take {ByteSize.Format(bytes)}; each thread also uses a malloc arena or a share of one." : "Each has a stack, and a malloc arena or a share of one.",
                [
                    new Evidence("growthPerSecond", trend.PerSecond, Unit.Amount, trend.Error),
                    new Evidence("threads", trend.Last, Unit.Amount),
                    new Evidence("seconds", trend.Seconds, Unit.Seconds),
                    .. stacks is { } resident ? [new Evidence("stackBytes", resident, Unit.Bytes)] : Array.Empty<Evidence>(),
                ],
                "Check what they do (dotnet-stack). Pool threads that block on tasks (.Result, .Wait()) make the pool start more; otherwise look for threads that never end."),
            trend.Rise / Math.Max(1, trend.Last));
    }
}
