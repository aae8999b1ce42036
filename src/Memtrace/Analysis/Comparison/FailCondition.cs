using System.IO.Enumeration;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>What the limit of a <see cref="FailCondition"/> is counted in.</summary>
public enum LimitUnit
{
    /// <summary>Percent of what was before.</summary>
    Percent,

    /// <summary>Bytes, as they stand.</summary>
    Bytes,

    /// <summary>Bytes a second.</summary>
    BytesPerSecond,
}

/// <summary>A growth between two recordings that is not to be.</summary>
/// <param name="Text">How it was written.</param>
/// <param name="Metric">What must not grow.</param>
/// <param name="Pattern">
/// What of it: the sum of all types and call sites whose type or method this matches as a whole, * for any characters and ? for one; null for all.
/// </param>
/// <param name="Limit">By how much it may grow, 0 or more.</param>
/// <param name="Unit">What the limit is counted in.</param>
public sealed record FailCondition(string Text, ComparisonMetric Metric, string? Pattern, double Limit, LimitUnit Unit)
{
    /// <summary>Whether it grew by more, beyond the noise: the whole 95 % interval of the growth lies above the limit.</summary>
    /// <param name="before">The recording before, which knows the metric.</param>
    /// <param name="after">The recording after, which knows the metric.</param>
    /// <param name="normalization">How allocations are made comparable where the limit is in percent.</param>
    /// <exception cref="ArgumentException">A recording does not know the metric (<see cref="MetricAmounts.WhyMissing"/>).</exception>
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
        if (MetricAmounts.WhyMissing(profile, Metric) is { } reason)
            throw new ArgumentException($"{profile.Recording.File} {reason}.", nameof(profile));
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

/// <summary>What came of a condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Change">The figures it is about.</param>
/// <param name="Met">Whether it is met: this is a failure.</param>
public sealed record FailOutcome(FailCondition Condition, Change Change, bool Met);
