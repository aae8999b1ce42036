using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.HeapSnapshots;

public sealed class HeapComparerTests
{
    [Fact]
    public void Types_paths_and_roots_are_compared_by_name()
    {
        var comparison = Compare(1000, 1500);

        var order = Assert.Single(comparison.Types, change => change.Path[0] == "Shop.Order");
        Assert.Equal((500, 100_000, ChangeTag.Grown), (order.ObjectsDifference, order.BytesDifference, order.Tag));
        Assert.Equal(500 * 240, order.RetainedDifference);
        var path = Assert.Single(comparison.Retainers, change => change.Path is [_, _, "Shop.Order", ..]);
        Assert.Equal(["static Shop.Store.Orders", SampleHeaps.Dictionary, "Shop.Order"], path.Path.Take(3));
        var root = Assert.Single(comparison.Roots);
        Assert.Equal("static Shop.Store.Orders", root.Path[0]);
        Assert.Equal(comparison.After.Bytes - comparison.Before.Bytes, root.RetainedDifference);
    }

    [Fact]
    public void What_comes_and_goes_is_tagged()
    {
        using var before = SampleHeaps.StaticDictionary(10);
        using var after = SampleHeaps.Cache(10);
        var comparison = HeapComparer.Compare(before.Describe(), after.Describe());

        Assert.Equal(ChangeTag.Gone, comparison.Types.Single(change => change.Path[0] == "Shop.Order").Tag);
        Assert.Equal(ChangeTag.New, comparison.Types.Single(change => change.Path[0] == "Shop.Session").Tag);
        Assert.Equal([ChangeTag.New, ChangeTag.Gone], comparison.Roots.Select(change => change.Tag));
    }

    [Theory]
    [InlineData("Order", 499, HeapLimitUnit.Objects, true)]
    [InlineData("Order", 500, HeapLimitUnit.Objects, false)]
    [InlineData("Shop.Order", 499, HeapLimitUnit.Objects, true)]
    [InlineData("Shop.*", 99_999, HeapLimitUnit.Bytes, true)]
    [InlineData("Shop.*", 100_000, HeapLimitUnit.Bytes, false)]
    [InlineData("Order", 49, HeapLimitUnit.Percent, true)]
    [InlineData("Order", 50, HeapLimitUnit.Percent, false)]
    [InlineData("Nothing", 0, HeapLimitUnit.Objects, false)]
    [InlineData(null, 1000, HeapLimitUnit.Objects, true)]
    public void A_condition_is_met_by_more_growth_than_its_limit(string? pattern, double limit, object unit, bool met)
    {
        Assert.Equal(met, new HeapCondition("heap", pattern, limit, (HeapLimitUnit)unit).Evaluate(Compare(1000, 1500)).Met);
    }

    private static HeapComparison Compare(int ordersBefore, int ordersAfter)
    {
        using var before = SampleHeaps.StaticDictionary(ordersBefore);
        using var after = SampleHeaps.StaticDictionary(ordersAfter);
        return HeapComparer.Compare(before.Describe(), after.Describe());
    }
}
