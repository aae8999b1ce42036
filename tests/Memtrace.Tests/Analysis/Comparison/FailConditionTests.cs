using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Comparison;

public sealed class FailConditionTests
{
    private const double MiB = 1024 * 1024;

    // Live: five samples and none before are still chance. From 83.6 MiB/s to 48.0 MiB/s in all; LruNode 0 to 1.5 MiB/s; OrderCache.Add 60.0 to 28.2 MiB/s, of it Order 12.0 to 21.7 MiB/s.
    [Theory]
    [InlineData(ComparisonMetric.Allocated, null, 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.Order", 50, LimitUnit.Percent, true)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.Order", 75, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.Order", 8 * MiB, LimitUnit.BytesPerSecond, false)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.Order", 6 * MiB, LimitUnit.BytesPerSecond, true)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.Order", 1, LimitUnit.Bytes, false)]
    [InlineData(ComparisonMetric.Allocated, "Shop.Orders.OrderCache.Add", 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Allocated, "*.LruNode", 1000, LimitUnit.Percent, true)]
    [InlineData(ComparisonMetric.Allocated, "*.LruNod?", 50 * MiB, LimitUnit.Bytes, true)]
    [InlineData(ComparisonMetric.Allocated, "*.lrunode", 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Allocated, "LruNode", 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Live, null, 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Live, "*LruNode", 0, LimitUnit.Percent, false)]
    [InlineData(ComparisonMetric.Peak, "*LruNode", 1 * MiB, LimitUnit.Bytes, true)]
    [InlineData(ComparisonMetric.Peak, "*LruNode", 17 * MiB, LimitUnit.Bytes, false)]
    [InlineData(ComparisonMetric.Rss, null, 0, LimitUnit.Percent, false)]
    public void A_growth_beyond_the_limit_and_the_noise_is_a_failure(ComparisonMetric metric, string? pattern, double limit, object unit, bool met) =>
        Assert.Equal(met, Evaluate(new FailCondition("", metric, pattern, limit, (LimitUnit)unit), SampleComparisons.Before, SampleComparisons.After).Met);

    [Theory]
    [InlineData(100, LimitUnit.Percent, true)]
    [InlineData(199, LimitUnit.Percent, false)]
    [InlineData(700 * MiB, LimitUnit.Bytes, true)]
    [InlineData(799 * MiB, LimitUnit.Bytes, false)]
    public void The_resident_set_is_known_exactly(double limit, object unit, bool met)
    {
        // From 402 to 1201 MiB.
        var outcome = Evaluate(new FailCondition("", ComparisonMetric.Rss, null, limit, (LimitUnit)unit), SampleComparisons.After, SampleComparisons.Before);
        Assert.Equal(met, outcome.Met);
        Assert.Equal((402 * MiB, 1201 * MiB, 0), (outcome.Change.Before, outcome.Change.After, outcome.Change.Error));
    }

    [Fact]
    public void The_figures_are_those_of_what_the_pattern_matches()
    {
        var outcome = Evaluate(new FailCondition("", ComparisonMetric.Allocated, "*OrderCache*", 0, LimitUnit.Bytes), SampleComparisons.Before, SampleComparisons.After);
        Assert.Equal((7500 * MiB, 1690 * MiB), (outcome.Change.Before, outcome.Change.After));
        Assert.True(outcome.Change.Significant);
    }

    [Fact]
    public void A_recording_must_know_the_metric()
    {
        var condition = new FailCondition("", ComparisonMetric.Live, null, 10, LimitUnit.Percent);
        Assert.Throws<ArgumentException>(() => Evaluate(condition, SampleComparisons.Before, SampleProfiles.Ticks with { Live = null }));
    }

    private static FailOutcome Evaluate(FailCondition condition, MemoryProfile before, MemoryProfile after) =>
        condition.Evaluate(before, after, Normalization.Seconds);
}
