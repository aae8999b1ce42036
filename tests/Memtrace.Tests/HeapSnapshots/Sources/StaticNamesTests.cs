using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Sources;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>The classes of static fields that were reported without them.</summary>
public sealed class StaticNamesTests
{
    private static readonly ImmutableArray<DeclaredStatic> First =
    [
        new("A.One", "_cache", 0, null, IsArray: false),
        new("A.One", "_name", 1, "System.String", IsArray: false),
        new("A.Two", "_cache", 0, null, IsArray: false),
        new("A.Two", "<Items>k__BackingField", 1, null, IsArray: true),
    ];

    private static readonly ImmutableArray<DeclaredStatic> Second =
    [
        new("B.Three", "_cache", 0, null, IsArray: false),
        new("B.Three", "_last", 1, "B.Entry", IsArray: false),
    ];

    [Fact]
    public void The_order_tells_fields_of_one_name_apart() => Assert.Equal(
        ["A.One._cache", "A.Two._cache", "A.Two.Items", "B.Three._cache"],
        Name(("_cache", 0, "X"), ("_cache", 64, "X"), ("<Items>k__BackingField", 72, "X[]"), ("_cache", 128, "X")));

    [Fact]
    public void A_field_that_is_null_is_left_out() => Assert.Equal(
        ["A.One._name", "B.Three._cache", "B.Three._last"],
        Name(("_name", 8, "System.String"), ("_cache", 128, "X"), ("_last", 136, "B.Entry")));

    [Fact]
    public void The_place_beside_a_certain_field_decides() => Assert.Equal(
        ["A.Two._cache", "A.Two.Items"],
        Name(("_cache", 64, "X"), ("<Items>k__BackingField", 72, "X[]")));

    [Fact]
    public void What_fits_no_field_has_no_class() => Assert.Equal(
        ["A.One._name", "(unknown class)._other", "(unknown class)._last", "B.Three._last"],
        Name(("_name", 8, "System.String"), ("_other", 16, "X"), ("_last", 24, "X"), ("_last", 136, "B.Entry")));

    [Fact]
    public void What_remains_unresolved_is_reported() => Assert.Equal("A.One._cache or A.Two._cache or B.Three._cache", Assert.Single(Name(("_cache", 1000, "X"))));

    private static ImmutableArray<string> Name(params (string Field, int Slot, string Type)[] fields) =>
        new StaticNames([First, Second]).Name([.. fields.Select(field => new UnnamedStatic(field.Field, (ulong)field.Slot, field.Type))]);
}
