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
            counts.Add(fields.Split('|'));

        Assert.Equal(expected, counts.Describe());
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    public void Of_many_references_64_are_enough_whether_their_fields_are_found_or_not(int references, bool expected)
    {
        var counts = new FieldCounts();
        for (var i = 0; i < references; i++)
            counts.Add(i % 2 == 0 ? ["a"] : []);

        Assert.Equal(expected, counts.AreEnough);
    }
}
