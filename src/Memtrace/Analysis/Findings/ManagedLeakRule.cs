using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Survivors of a call site grow.</summary>
internal sealed class ManagedLeakRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "managed-leak";

    /// <summary>By how many bytes all sites together must grow. Smaller growth is usually a table or a cache that fills up.</summary>
    public const double LeastRise = 4 << 20;

    /// <summary>With even growth, the minimum of the second half is above that of the second quarter by a quarter of the whole rise; this is half of that.</summary>
    private const double LeastShareOfLows = 0.125;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Live is not { } live)
            return null;
        var leaks = live.Growth.Where(IsLeak).ToList();
        return Accumulation.Of(leaks) is [var worst, ..] && leaks.Sum(site => site.BytesPerSecond * Seconds(site)) >= LeastRise
            ? Conclude(profile, live, worst, leaks)
            : null;
    }

    /// <summary>
    /// Garbage in generation 2 looks like growth until a full collection: one must have taken place in the second half, and up to it, what was proved alive
    /// must have grown as well, to more than what can have been alive before.
    /// </summary>
    private static bool IsLeak(GrowthSite site)
    {
        if (Trend.Growth(Readings(site.Points)) is not { } trend || !LowsRise(site.Points, trend.Rise))
            return false;
        return site.Proved is [.., var last] && last.Seconds >= site.Points[0].Seconds + (Seconds(site) / 2)
            && Trend.Rising(Readings(site.Proved)) is { } proved && ProvedRise(site) >= LeastShareOfLows * proved.Rise;
    }

    // The first quarter is left out: at its start, no live objects are known yet.
    private static bool LowsRise(ImmutableArray<GrowthPoint> points, double rise)
    {
        var (quarter, half) = (points.Length / 4, points.Length / 2);
        return points[half..].Min(point => point.Bytes) - points[quarter..half].Min(point => point.Bytes) >= LeastShareOfLows * rise;
    }

    /// <summary>By how much what was proved alive in the last quarter exceeds what was not proved dead in the second quarter.</summary>
    private static double ProvedRise(GrowthSite site)
    {
        var count = site.Proved.Length;
        return site.Proved[(3 * count / 4)..].Average(point => point.Bytes) - site.Points[(count / 4)..(count / 2)].Average(point => point.Bytes);
    }

    private static List<RegressionLine.Point> Readings(ImmutableArray<GrowthPoint> points) => [.. points.Select(point => new RegressionLine.Point(point.Seconds, point.Bytes))];

    private static double Seconds(GrowthSite site) => site.Points[^1].Seconds - site.Points[0].Seconds;

    private static Conclusion Conclude(MemoryProfile profile, LiveHeapProfile live, Accumulation accumulation, List<GrowthSite> leaks)
    {
        var worst = accumulation.Head;
        var seconds = Seconds(worst);
        var together = leaks.Sum(site => site.BytesPerSecond);
        double? error = profile.Allocations.Sampling == AllocationSampling.Randomized ? worst.ErrorBytesPerSecond : null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"{worst.Type} objects accumulate at {Place(worst.Site)}, {ByteSize.FormatRate(worst.BytesPerSecond)}{Holder(worst)}.",
                $"Objects allocated there stay alive: from {ByteSize.Format(worst.StartBytes)} to {ByteSize.Format(worst.EndBytes)} "
                    + $"in {Duration.Format(seconds)}, and full collections did not free them.{Others(accumulation, leaks)}",
                [
                    new Evidence("growthBytesPerSecond", worst.BytesPerSecond, Unit.BytesPerSecond, error),
                    new Evidence("liveBytes", worst.EndBytes, Unit.Bytes),
                    new Evidence("sites", leaks.Count, Unit.Amount),
                    new Evidence("seconds", seconds, Unit.Seconds),
                ],
                Advice(worst))
            {
                Next = worst.HeldBy is null ? [NextStep.TakeHeapSnapshot, NextStep.ListGrowth] : [NextStep.ListGrowth],
            },
            together * seconds / Math.Max(1, live.End.Live.Bytes));
    }

    /// <summary>What one holder keeps is one leak: an event, its array of handlers and the handlers.</summary>
    private static string Others(Accumulation accumulation, List<GrowthSite> leaks)
    {
        var others = leaks.Count - accumulation.Sites.Length;
        var held = accumulation.Sites.Length > 1 ? $" With what they hold and are held with, they grow by {ByteSize.FormatRate(accumulation.BytesPerSecond)}." : "";
        return others > 0
            ? $"{held} {Count.Things(others, "other call site grows", "other call sites grow")} as well, {ByteSize.FormatRate(leaks.Sum(site => site.BytesPerSecond))} in total."
            : held;
    }

    private static string Holder(GrowthSite site) => site.HeldBy is { } holder ? $", held by {ReadableNames.Path(holder.Path)}" : "";

    private static string Advice(GrowthSite site) => site.HeldBy is not { } holder
        ? "Find what holds these objects: an unbounded cache or list, an event handler that is never removed, a static field."
        : TypeAdvice.Of(holder.Path) is { } known ? $"{known.Meaning} {known.Cure}" : "Find the code that adds to this holder, and remove what is done with.";
}
