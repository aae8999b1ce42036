using Memtrace.HeapSnapshots.Sources;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class FieldCountsTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a b b", "b/a")]
    [InlineData("a b c c", "c/a/...")]
    [InlineData("a|b", "a or b")]
    [InlineData("b|a b", "a or b")]
    [InlineData("a|b b a", "a/b")]
    [InlineData("a|b|c", null)]
    [InlineData("a|b c", null)]
    [InlineData("", null)]
    public void Fields_are_named_by_what_is_certain(string references, string? expected)
    {
        var counts = new FieldCounts();
        foreach (var fields in references.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            counts.AddOneOf(fields.Split('|'));

        Assert.Equal(expected, counts.Describe());
    }
}
