using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class ILMapTests
{
    [Fact]
    public void Finds_the_last_entry_at_or_before_an_offset_in_any_order_of_entries()
    {
        var map = new ILMap([7, -2, 0, -3, 20], [40, 0, 5, 90, 60]);
        Assert.Null(map.ILOffset(4));
        Assert.Equal(0, map.ILOffset(5));
        Assert.Equal(0, map.ILOffset(39));
        Assert.Equal(7, map.ILOffset(40));
        Assert.Equal(20, map.ILOffset(95));
    }

    [Fact]
    public void Is_empty_where_nothing_is_in_the_IL()
    {
        Assert.Null(new ILMap([-1, -2], [0, 5]).ILOffset(10));
    }
}
