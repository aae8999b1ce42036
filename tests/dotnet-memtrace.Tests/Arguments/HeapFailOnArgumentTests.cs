using Memtrace.HeapSnapshots;
using Memtrace.Tool.Arguments;

namespace Memtrace.Tool.Tests.Arguments;

public sealed class HeapFailOnArgumentTests
{
    [Theory]
    [InlineData("heap>+10%", null, 10, nameof(HeapLimitUnit.Percent))]
    [InlineData("heap:Order>+1000", "Order", 1000, nameof(HeapLimitUnit.Objects))]
    [InlineData("heap:Order>+1,000", "Order", 1000, nameof(HeapLimitUnit.Objects))]
    [InlineData("heap:Order>+0", "Order", 0, nameof(HeapLimitUnit.Objects))]
    [InlineData(" heap : MyApp.* > + 50MB ", "MyApp.*", 50_000_000, nameof(HeapLimitUnit.Bytes))]
    [InlineData("heap:List<MyApp.*>>+1KiB", "List<MyApp.*>", 1024, nameof(HeapLimitUnit.Bytes))]
    public void A_condition_is_understood(string text, string? pattern, double limit, string unit)
    {
        Assert.True(HeapFailOnArgument.IsOne(text));
        Assert.True(HeapFailOnArgument.TryParse(text, out var condition, out var problem), problem);
        Assert.Equal(new HeapCondition(text.Trim(), pattern, limit, Enum.Parse<HeapLimitUnit>(unit)), condition);
    }

    [Theory]
    [InlineData("heap:>+10%")]
    [InlineData("heap>10%")]
    [InlineData("heap:Order>+ten")]
    [InlineData("heap:Order>+-5")]
    [InlineData("heap:Order>+5MB/s")]
    [InlineData("heap:Order")]
    public void A_mistake_is_explained(string text)
    {
        Assert.True(HeapFailOnArgument.IsOne(text));
        Assert.False(HeapFailOnArgument.TryParse(text, out var condition, out var problem));
        Assert.Null(condition);
        Assert.Contains("is not a condition such as heap>+10%", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("live>+10%")]
    [InlineData("heaps>+10%")]
    [InlineData("heap")]
    public void Other_metrics_require_recordings(string text) => Assert.False(HeapFailOnArgument.IsOne(text));
}
