using Memtrace.HeapSnapshots.Sources.Metadata;

namespace Memtrace.Tests.HeapSnapshots.Sources.Metadata;

public sealed class ReferenceMatchTests
{
    /// <summary>Each field is a letter that says which objects fit: a small one its own capital, a dot any.</summary>
    [Theory]
    [InlineData("a.b", "AXB", "0 1 2")]
    [InlineData("a.b", "AB", "01 12")]
    [InlineData("...", "XYZ", "0 1 2")]
    [InlineData("...", "XY", "01 12")]
    [InlineData("...", "X", "012")]
    [InlineData("aa", "A", "01")]
    [InlineData("aa", "AA", "0 1")]
    [InlineData(".a.", "XA", "0 12")]
    [InlineData("ab", "BA", null)]
    [InlineData("ab", "C", null)]
    [InlineData("ab", "", "")]
    public void References_are_a_subsequence_of_fields(string fields, string references, string? expected)
    {
        var match = new ReferenceMatch((field, reference) => fields[field] == '.' || char.ToUpperInvariant(fields[field]) == references[reference], fields.Length);

        var places = match.ByOrder(references.Length);

        Assert.Equal(expected, places is null ? null : string.Join(' ', places.Select(place => string.Concat(place))));
    }
}
