using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class GenericStaticsTests
{
    private const ulong Start = 0x7f00_0000_1000;
    private const ulong Type = 0x7f00_0000_5000;
    private const ulong OnHeap = 0x7e00_0000_0040;

    /// <summary>Where the data of a type is whose record is the first of the words.</summary>
    private const ulong Data = Start + (3 * sizeof(ulong));

    [Theory]
    [InlineData(OnHeap)]
    [InlineData(OnHeap | 1)]
    public void A_type_with_fields_on_the_heap_is_found(ulong fields) => Assert.Equal([Type], Find([fields, 1, Type, 7], (Type, Data)));

    [Fact]
    public void Its_record_may_be_anywhere() => Assert.Equal([Type], Find([3, OnHeap, 0, Type], (Type, Data + sizeof(ulong))));

    // The runtime's library crashed with some dumps of .NET 8, which keeps no such records: words can look like one by chance.
    [Fact]
    public void What_only_looks_like_a_type_is_not_taken_for_one()
    {
        Assert.Empty(Find([OnHeap, 0, Type], (Type, 0)));
        Assert.Empty(Find([OnHeap, 0, Type], (Type, Data + sizeof(ulong))));
        Assert.Empty(Find([OnHeap, 0, Type]));
        Assert.Empty(Find([OnHeap, 0, Type + 1], (Type + 1, Data)));
        Assert.Empty(Find([OnHeap, 0, 0], (0, Data)));
    }

    [Fact]
    public void Fields_elsewhere_are_not_looked_for() => Assert.Empty(Find([0x7e00_0000_1000, 0, Type], (Type, Data)));

    [Fact]
    public void A_record_that_is_cut_off_is_passed_over() => Assert.Empty(Find([OnHeap, 0], (0, Data)));

    private static List<ulong> Find(ulong[] words, params (ulong Type, ulong Data)[] types) => GenericStatics.TypesIn(
        words,
        Start,
        address => address == OnHeap,
        address => types.FirstOrDefault(type => type.Type + 0x20 == address).Data);
}
