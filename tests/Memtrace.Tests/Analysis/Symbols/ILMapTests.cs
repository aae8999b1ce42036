using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class ILMapTests
{
    [Fact]
    public void Finds_the_last_entry_at_or_before_an_offset_in_any_order_of_entries()
    {
        var map = new ILMap([7, 3, 20], [40, 5, 60]);
        Assert.Null(map.ILOffset(4));
        Assert.Equal(3, map.ILOffset(5));
        Assert.Equal(3, map.ILOffset(39));
        Assert.Equal(7, map.ILOffset(40));
        Assert.Equal(20, map.ILOffset(95));
    }

    [Fact]
    public void The_prolog_is_the_first_statement()
    {
        // Optimized code of one statement: the statement has no entry of its own.
        var map = new ILMap([-2, 15, -3], [0, 39, 39]);
        Assert.Equal(0, map.ILOffset(20));
        Assert.Equal(15, map.ILOffset(44));
    }

    [Fact]
    public void A_real_entry_goes_before_a_special_one_at_the_same_place()
    {
        var map = new ILMap([-3, -1, 8, -2], [10, 10, 10, 10]);
        Assert.Equal(8, map.ILOffset(10));
    }

    [Fact]
    public void The_code_of_an_inlined_method_is_the_statement_that_calls_it()
    {
        // As .NET 10 sent it for a statement at IL 100 into which string.Join was inlined; the call in question was at 0x3d7.
        var map = new ILMap([-2, 88, 100, -1, 168], [0, 0x2cd, 0x306, 0x367, 0x45b]);
        Assert.Equal(100, map.ILOffset(0x366));
        Assert.Equal(100, map.ILOffset(0x3d7));
        Assert.Equal(168, map.ILOffset(0x45b));
    }

    [Fact]
    public void Code_before_every_entry_has_no_offset()
    {
        var map = new ILMap([-1, 9], [0, 50]);
        Assert.Null(map.ILOffset(49));
        Assert.Equal(9, map.ILOffset(50));
    }

    [Fact]
    public void An_empty_map_has_no_offsets()
    {
        Assert.Null(new ILMap([], []).ILOffset(10));
    }
}
