using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class ILMapTests
{
    [Fact]
    public void Finds_the_last_entry_at_or_before_an_offset_in_any_order_of_entries()
    {
        var map = new ILMap([7, 3, 20], [40, 5, 60]);
        Assert.Null(map.At(4)?.Start);
        Assert.Equal(3, map.At(5)?.Start);
        Assert.Equal(3, map.At(39)?.Start);
        Assert.Equal(7, map.At(40)?.Start);
        Assert.Equal(20, map.At(95)?.Start);
    }

    [Fact]
    public void The_prolog_is_the_first_statement()
    {
        // Optimized code of one statement: the statement has no entry of its own.
        var map = new ILMap([-2, 15, -3], [0, 39, 39]);
        Assert.Equal(0, map.At(20)?.Start);
        Assert.Equal(15, map.At(44)?.Start);
    }

    [Fact]
    public void A_real_entry_takes_precedence_over_a_special_one_at_the_same_place()
    {
        var map = new ILMap([-3, -1, 8, -2], [10, 10, 10, 10]);
        Assert.Equal(8, map.At(10)?.Start);
    }

    [Fact]
    public void The_code_of_an_inlined_method_is_the_statement_that_calls_it()
    {
        // As .NET 10 sent it for a statement at IL 100 into which string.Join was inlined; the call in question was at 0x3d7.
        var map = new ILMap([-2, 88, 100, -1, 168], [0, 0x2cd, 0x306, 0x367, 0x45b]);
        Assert.Equal(100, map.At(0x366)?.Start);
        Assert.Equal(100, map.At(0x3d7)?.Start);
        Assert.Equal(168, map.At(0x45b)?.Start);
    }

    [Fact]
    public void Inlined_code_can_be_that_of_the_next_statements_without_an_entry()
    {
        var map = new ILMap([-2, 88, 100, -1, 168, 40], [0, 0x2cd, 0x306, 0x367, 0x45b, 0x500]);
        Assert.Equal(new ILRange(100, 100), map.At(0x366));
        Assert.Equal(new ILRange(100, 168), map.At(0x367));
        Assert.Equal(new ILRange(168, 168), map.At(0x45b));
        Assert.Equal(new ILRange(0, int.MaxValue), new ILMap([0, -1], [0, 10]).At(12));
    }

    [Fact]
    public void Code_before_every_entry_has_no_offset()
    {
        var map = new ILMap([-1, 9], [0, 50]);
        Assert.Null(map.At(49)?.Start);
        Assert.Equal(9, map.At(50)?.Start);
    }

    [Fact]
    public void An_empty_map_has_no_offsets()
    {
        Assert.Null(new ILMap([], []).At(10));
    }
}
