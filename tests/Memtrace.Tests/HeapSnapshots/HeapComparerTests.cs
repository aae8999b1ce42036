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

    [Fact]
    public void A_line_that_splits_is_a_change_of_its_steps()
    {
        using var before = new HeapScript();
        before.Root(HeapRootKind.Static, "Shop.Store.Orders", before.Add("Shop.Index", 40, before.AddMany(100, "Shop.Order", 80, _ => [before.Add("Shop.Item", 32)])));
        using var after = new HeapScript();
        after.Root(HeapRootKind.Static, "Shop.Store.Orders", after.Add("Shop.Index", 40, after.AddMany(150, "Shop.Order", 80, i => i < 140 ? [after.Add("Shop.Item", 32)] : [])));

        var changes = HeapComparer.Compare(before.Describe(), after.Describe()).Retainers;

        Assert.DoesNotContain(changes, change => change.Tag is ChangeTag.New or ChangeTag.Gone);
        Assert.Equal((50, 4000, 50 * 80 + 40 * 32), Differences(changes.Single(change => change.Path[^1] == "Shop.Order")));
        Assert.Equal((40, 40 * 32, 40 * 32), Differences(changes.Single(change => change.Path[^1] == "Shop.Item")));
    }

    [Fact]
    public void A_holder_that_now_holds_something_else_as_well_is_not_gone()
    {
        using var before = Held(orders: 100, logs: 0);
        using var after = Held(orders: 120, logs: 3);

        var changes = HeapComparer.Compare(before.Describe(), after.Describe()).Retainers;

        Assert.Equal(["Shop.Log"], changes.Where(change => change.Tag is ChangeTag.New or ChangeTag.Gone).Select(change => change.Path[^1]));
        Assert.Equal(ChangeTag.Grown, changes.Single(change => change.Path[^1] == "Shop.Order").Tag);

        static HeapScript Held(int orders, int logs)
        {
            var heap = new HeapScript();
            heap.Root(HeapRootKind.Static, "Shop.Program.Instance", heap.Add("Shop.Program", 40, [heap.Add("Shop.Index", 40, heap.AddMany(orders, "Shop.Order", 80)), .. heap.AddMany(logs, "Shop.Log", 500)]));
            return heap;
        }
    }

    [Fact]
    public void An_object_that_another_root_now_holds_as_well_keeps_its_holder()
    {
        using var before = SampleHeaps.StaticDictionary(100);
        using var after = SampleHeaps.StaticDictionary(130);
        after.Root(HeapRootKind.Stack, "Shop.Worker.Run", 130 * 3 + 2);

        var comparison = HeapComparer.Compare(before.Describe(), after.Describe());

        Assert.Equal("several roots", comparison.After.Retainers[0].Path[0].Name);
        var order = Assert.Single(comparison.Retainers, change => change.Path.Contains("Shop.Order"));
        Assert.Equal((60, 30 * 240, 30 * 240, ChangeTag.Grown), (order.ObjectsDifference, order.BytesDifference, order.RetainedDifference, order.Tag));
        Assert.Equal("several roots", order.Path[0]);
        Assert.DoesNotContain(comparison.Retainers, change => change.Tag == ChangeTag.Gone);
        var field = Assert.Single(comparison.Retainers, change => change.Path is ["static Shop.Store.Orders"]);
        Assert.Equal((0, ChangeTag.Shrunk), (field.After!.RetainedBytes, field.Tag));
    }

    [Fact]
    public void A_step_that_comes_in_between_does_not_make_what_it_holds_new()
    {
        using var before = Held(wrapped: false);
        using var after = Held(wrapped: true);

        var changes = HeapComparer.Compare(before.Describe(), after.Describe()).Retainers;

        Assert.Equal(["Shop.Wrapper"], changes.Where(change => change.Tag == ChangeTag.New).Select(change => change.Path[^1]));
        Assert.Empty(changes.Where(change => change.Tag == ChangeTag.Gone));
        var index = Assert.Single(changes, change => change.Path[^1] == "Shop.Index");
        Assert.Equal(["static Shop.Program.Instance", "Shop.Wrapper", "Shop.Index"], index.Path);
        Assert.Equal(ChangeTag.None, index.Tag);

        static HeapScript Held(bool wrapped)
        {
            var heap = new HeapScript();
            var index = heap.Add("Shop.Index", 40, heap.AddMany(10, "Shop.Order", 80));
            heap.Root(HeapRootKind.Static, "Shop.Program.Instance", wrapped ? heap.Add("Shop.Wrapper", 24, index) : index);
            return heap;
        }
    }

    [Fact]
    public void Equal_types_below_other_holders_are_other_holders()
    {
        using var before = Held("Shop.Customer");
        using var after = Held("Shop.Supplier");

        var changes = HeapComparer.Compare(before.Describe(), after.Describe()).Retainers;

        Assert.Equal([ChangeTag.New, ChangeTag.Gone], changes.Where(change => change.Path[^1] == "Shop.Order").Select(change => change.Tag).Order());

        static HeapScript Held(string holder)
        {
            var heap = new HeapScript();
            heap.Root(HeapRootKind.Static, "Shop.Program.Instance", heap.Add("Shop.Program", 24, heap.Add(holder, 24, heap.AddMany(10, "Shop.Order", 80))));
            return heap;
        }
    }

    [Fact]
    public void What_is_too_light_to_be_listed_in_one_snapshot_is_not_new_in_the_other()
    {
        using var before = Held(sizeOfFirst: 24);
        using var after = Held(sizeOfFirst: 4000);

        var comparison = HeapComparer.Compare(before.Describe(), after.Describe());

        Assert.NotEqual(comparison.Before.Retainers.SelectMany(Types).Order(), comparison.After.Retainers.SelectMany(Types).Order());
        Assert.DoesNotContain(comparison.Retainers, change => change is { Tag: ChangeTag.New, After.RetainedBytes: < 1000 } or { Tag: ChangeTag.Gone });

        static IEnumerable<string> Types(HeapRetainer retainer) => retainer.Children.SelectMany(Types).Prepend(retainer.Path[^1].Name);

        static HeapScript Held(int sizeOfFirst)
        {
            var heap = new HeapScript();
            heap.Root(HeapRootKind.Static, "Shop.Program.All", heap.Add("Shop.Program", 24, [.. Enumerable.Range(0, 11_000).Select(i => heap.Add($"Shop.Thing{i}", i >= 10_990 ? sizeOfFirst : 32))]));
            return heap;
        }
    }

    private static (long Objects, long Bytes, long? Retained) Differences(HeapChange change) => (change.ObjectsDifference, change.BytesDifference, change.RetainedDifference);

    private static HeapComparison Compare(int ordersBefore, int ordersAfter)
    {
        using var before = SampleHeaps.StaticDictionary(ordersBefore);
        using var after = SampleHeaps.StaticDictionary(ordersAfter);
        return HeapComparer.Compare(before.Describe(), after.Describe());
    }
}
