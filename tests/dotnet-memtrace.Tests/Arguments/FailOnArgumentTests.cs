using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Arguments;

public sealed class FailOnArgumentTests
{
    [Theory]
    [InlineData("live>+10%", ComparisonMetric.Live, null, 10, nameof(LimitUnit.Percent))]
    [InlineData("allocated:MyApp.*>+5MB/s", ComparisonMetric.Allocated, "MyApp.*", 5_000_000, nameof(LimitUnit.BytesPerSecond))]
    [InlineData("rss>+50MB", ComparisonMetric.Rss, null, 50_000_000, nameof(LimitUnit.Bytes))]
    [InlineData("peak>+1.5GiB", ComparisonMetric.Peak, null, 1_610_612_736, nameof(LimitUnit.Bytes))]
    [InlineData("allocated>+0%", ComparisonMetric.Allocated, null, 0, nameof(LimitUnit.Percent))]
    [InlineData("live>+12.5%", ComparisonMetric.Live, null, 12.5, nameof(LimitUnit.Percent))]
    [InlineData(" live : MyApp.Cache > + 10 MB ", ComparisonMetric.Live, "MyApp.Cache", 10_000_000, nameof(LimitUnit.Bytes))]
    [InlineData("live:List<MyApp.*>.Entry[]>+1KiB", ComparisonMetric.Live, "List<MyApp.*>.Entry[]", 1024, nameof(LimitUnit.Bytes))]
    public void A_condition_is_understood(string text, ComparisonMetric metric, string? pattern, double limit, string unit)
    {
        Assert.True(FailOnArgument.TryParse(text, out var condition, out var problem), problem);
        Assert.Equal(new FailCondition(text.Trim(), metric, pattern, limit, Enum.Parse<LimitUnit>(unit)), condition);
    }

    [Theory]
    [InlineData("", "is not a condition such as live>+10%")]
    [InlineData("live", "is not a condition such as")]
    [InlineData("live>10%", "is not a condition such as")]
    [InlineData("live<+10%", "is not a condition such as")]
    [InlineData("live:>+10%", "is not a condition such as")]
    [InlineData("heap>+10%", "does not start with one of allocated, live, peak, rss.")]
    [InlineData("Live>+10%", "does not start with one of allocated, live, peak, rss.")]
    [InlineData("live>+ten", "has no limit such as")]
    [InlineData("live>+%", "has no limit such as")]
    [InlineData("live>+-5%", "has no limit such as")]
    [InlineData("live>+5MB/m", "has no limit such as")]
    [InlineData("live>+5MB/s", "but only allocated is a rate")]
    [InlineData("rss:MyApp.*>+5MB", "rss has no types")]
    public void A_mistake_is_explained(string text, string expected)
    {
        Assert.False(FailOnArgument.TryParse(text, out var condition, out var problem));
        Assert.Null(condition);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }
}
