using System.IO.Enumeration;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>A growth between two recordings that counts as a failure.</summary>
/// <param name="Text">The condition as written.</param>
/// <param name="Metric">What must not grow.</param>
/// <param name="Pattern">
/// Restricts the metric to types and call sites whose whole type or method name matches, with * for any characters and ? for one; null for all.
/// </param>
/// <param name="Limit">Maximum growth, 0 or more.</param>
/// <param name="Unit">The unit of the limit.</param>
internal sealed record FailCondition(string Text, ComparisonMetric Metric, string? Pattern, double Limit, LimitUnit Unit)
{
    /// <summary>Evaluates the condition. It is met if the whole 95% interval of the growth is above the limit.</summary>
    /// <param name="before">The recording before, which must have the metric.</param>
    /// <param name="after">The recording after, which must have the metric.</param>
    /// <param name="normalization">How allocations are normalized if the limit is in percent.</param>
    /// <exception cref="ArgumentException">A recording does not have the metric (<see cref="MetricAmounts.Missing"/>).</exception>
    public FailOutcome Evaluate(MemoryProfile before, MemoryProfile after, Normalization normalization)
    {
        var (scaleBefore, scaleAfter) = (Scaled(before, normalization), Scaled(after, normalization));
        var (amountBefore, amountAfter) = (Amount(before), Amount(after));
        var met = Unit == LimitUnit.Percent
            ? new NoiseTest(scaleBefore.Times(1 + (Limit / 100)), scaleAfter).IsGrownBeyond(amountBefore, amountAfter, 0)
            : new NoiseTest(scaleBefore, scaleAfter).IsGrownBeyond(amountBefore, amountAfter, Limit);
        return new FailOutcome(this, new NoiseTest(scaleBefore, scaleAfter).Compare(amountBefore, amountAfter), met);
    }

    private Scale Scaled(MemoryProfile profile, Normalization normalization) => Unit switch
    {
        LimitUnit.Bytes => Scale.None,
        LimitUnit.BytesPerSecond => Scale.Of(Metric, Normalization.Seconds, profile),
        _ => Scale.Of(Metric, normalization, profile),
    };

    private Estimate Amount(MemoryProfile profile)
    {
        if (MetricAmounts.Missing(profile, Metric) is { } missing)
            throw new ArgumentException($"{profile.Recording.File} lacks the metric {Metric}: {missing}.", nameof(profile));
        if (Metric == ComparisonMetric.Rss)
            return new Estimate(profile.Memory.Rss!.CurrentBytes, 0, 0, 0, 1);

        var amounts = MetricAmounts.Of(profile, Metric)!;
        return Pattern is null
            ? amounts.Total
            : CrossBuildNames.Apply(amounts.Stacks).Where(Matches).Aggregate(Estimate.Zero, (sum, item) => sum + item.Allocated);
    }

    private bool Matches(StackAllocations item) =>
        Matches(item.Type) || (CallSite.Of(item.Type, item.Stack).Frame is { } site && Matches(site.Method));

    private bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
