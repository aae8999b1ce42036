namespace Memtrace.Testing.Tests;

public class TypeGrowthTests
{
    private const int Iterations = 20;

    [Fact]
    public void Other_objects_that_are_freed_meanwhile_hide_no_leak()
    {
        var growth = Find(all: (100, 110, 114), Way("leak", 30, 40, 50));

        Assert.Equal((1.0, 24.0, "leak"), (growth?.Objects, growth?.Bytes, growth?.Holder));
    }

    [Fact]
    public void Other_objects_that_are_added_meanwhile_are_no_part_of_a_leak()
    {
        var growth = Find(all: (100, 116, 127), Way("leak", 30, 40, 50), Way("pool", 50, 56, 57));

        Assert.Equal((1.0, "leak"), (growth?.Objects, growth?.Holder));
    }

    [Fact]
    public void What_moves_from_one_holder_to_another_meanwhile_does_not_hold_the_leak()
    {
        var growth = Find(all: (300, 310, 320), Way("intern table", 10, 20, 30), Way("task", 0, 0, 250), Way("context", 250, 250, 0));

        Assert.Equal((1.0, "intern table"), (growth?.Objects, growth?.Holder));
    }

    [Fact]
    public void Objects_that_grow_in_many_ways_leak()
    {
        var growth = Find(all: (100, 112, 124), Way("a", 30, 34, 38), Way("b", 30, 34, 38), Way("c", 30, 34, 38));

        Assert.Equal(1.2, growth?.Objects);
    }

    [Fact]
    public void Objects_that_no_root_leads_to_leak()
    {
        var growth = Find(all: (100, 110, 120));

        Assert.Equal((1.0, null), (growth?.Objects, growth?.Holder));
    }

    [Fact]
    public void What_changes_in_one_half_of_one_measurement_makes_no_fraction()
    {
        var first = Find(all: (100, 110, 120));
        var second = Find(all: (100, 109, 119));
        var third = Find(all: (100, 110, 122));

        var growth = third!.ConfirmedBy(second!.ConfirmedBy(first!));

        Assert.Equal((1.0, 24.0), (growth.Objects, growth.Bytes));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(LeakCheck.DefaultIterations)]
    public void An_object_with_every_other_iteration_is_a_leak(int iterations)
    {
        var inFirstHalf = GrowthRate.FirstHalf(iterations) / 2;

        var growth = TypeGrowth.Find("T", Amounts(0, inFirstHalf, iterations / 2), [], iterations);

        Assert.Equal(0.5, growth?.Objects);
        Assert.Null(TypeGrowth.Find("T", Amounts(0, inFirstHalf - 1, (iterations / 2) - 1), [], iterations));
    }

    [Fact]
    public void Objects_that_move_from_one_holder_to_another_are_no_leak() =>
        Assert.Null(Find(all: (100, 100, 100), Way("pending", 50, 40, 30), Way("done", 50, 60, 70)));

    [Fact]
    public void Objects_that_grow_in_one_half_only_are_no_leak() =>
        Assert.Null(Find(all: (100, 120, 121), Way("cache", 30, 50, 51)));

    [Fact]
    public void What_known_holders_hold_neither_leaks_nor_hides_a_leak()
    {
        Assert.Null(Find(all: (100, 110, 120), Way("measurement", 30, 40, 50) with { IsKnown = true }));

        var growth = Find(all: (100, 102, 112), Way("leak", 30, 40, 50), Way("measurement", 30, 22, 22) with { IsKnown = true });
        Assert.Equal((1.0, "leak"), (growth?.Objects, growth?.Holder));
    }

    private static TypeGrowth? Find((int Before, int Middle, int After) all, params HeldWay[] ways) =>
        TypeGrowth.Find("T", Amounts(all.Before, all.Middle, all.After), ways, Iterations);

    private static HeldWay Way(string holder, int before, int middle, int after) => new("T", holder, IsKnown: false, Amounts(before, middle, after));

    private static Amounts Amounts(int before, int middle, int after) => new(Amount(before), Amount(middle), Amount(after));

    private static Amount Amount(int objects) => new(objects, 24 * objects);
}
