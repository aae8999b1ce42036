using Memtrace.Tool.Arguments;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Arguments;

public sealed class DurationArgumentTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("2.5", 2.5)]
    [InlineData("0", 0)]
    [InlineData("30s", 30)]
    [InlineData("1m30s", 90)]
    [InlineData("500ms", 0.5)]
    [InlineData("1m500ms", 60.5)]
    [InlineData("1.5h", 5400)]
    [InlineData("1d2h", 93600)]
    [InlineData("00:01:30", 90)]
    [InlineData("01:00:00:05", 86405)]
    public void A_length_of_time_is_read(string text, double seconds)
    {
        Assert.True(DurationArgument.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-5")]
    [InlineData("5x")]
    [InlineData("30s1m")]
    [InlineData("1:30")]
    [InlineData("00:99:00")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("99999999999999999999d")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationArgument.TryParse(text, out _));
}
