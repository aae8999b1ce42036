using Memtrace.Events.Names;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.HeapSnapshots;

public sealed class NestedTypeNamesTests
{
    [Theory]
    [InlineData("System.Collections.Generic.Dictionary<System.Int32, Shop.Order>.Entry[]", "Entry<System.Int32, Shop.Order>[]")]
    [InlineData("Shop.Outer.Inner", "Inner")]
    [InlineData("Shop.Outer<System.String[]>.Inner<Shop.Box<System.Int32>>[,]", "Inner<System.String[], Shop.Box<System.Int32>>[,]")]
    [InlineData("Shop.Cache<Shop.A.B>.closure#6<System.Func<System.Object>>", "closure#6<Shop.A.B, System.Func<System.Object>>")]
    [InlineData("Plain", "Plain")]
    [InlineData("", "")]
    public void Events_name_types_without_those_around_them(string name, string expected) => Assert.Equal(expected, NestedTypeName.WithoutOuter(name));

    [Theory]
    [InlineData("Shop.Order", "Shop.Order", true)]
    [InlineData("CallbackNode", "System.Threading.CancellationTokenSource.CallbackNode", true)]
    [InlineData("ReadAsync.stateMachine#1", "Shop.Inbox.ReadAsync.stateMachine#1", true)]
    [InlineData("Box<System.Int32, Shop.Inbox.ReadAsync.stateMachine#1>", "System.Builder<System.Int32>.Box<Shop.Inbox.ReadAsync.stateMachine#1>", true)]
    [InlineData("Node", "Shop.ChainNode", false)]
    [InlineData("Shop.Order", "Store.Order", false)]
    public void Recordings_may_leave_out_types_around_a_nested_one(string recorded, string name, bool expected) =>
        Assert.Equal(expected, NestedTypeName.MayBeRecordedAs(recorded, name));

    [Fact]
    public void A_nested_type_is_the_same_in_snapshots_of_both_kinds()
    {
        using var events = Heap("Entry<System.Int32>");
        using var copy = Heap("Shop.Map<System.Int32>.Entry");

        var comparison = HeapComparer.Compare(events.Describe(), Copied(copy.Describe()));

        Assert.All(comparison.Types, change => Assert.Equal(ChangeTag.None, change.Tag));
        Assert.All(comparison.Retainers, change => Assert.Equal(ChangeTag.None, change.Tag));
        Assert.NotNull(comparison.Caveat);
    }

    [Fact]
    public void Types_of_the_same_simple_name_are_compared_each_with_itself()
    {
        using var before = Nodes(first: 100, second: 100);
        using var after = Nodes(first: 60, second: 140);

        var comparison = HeapComparer.Compare(before.Describe(), after.Describe());

        Assert.Equal(
            [("Shop.Chain.Node", 40), ("Shop.Tree.Node", -40)],
            comparison.Types.Where(change => change.Tag != ChangeTag.None).Select(change => (change.Path[0], (int)change.ObjectsDifference)).Order());
    }

    [Fact]
    public void A_nested_type_stays_apart_from_another_type_of_its_simple_name()
    {
        using var before = Heap("Node");
        using var after = Nodes(first: 100, second: 50, unnested: 100);

        var comparison = HeapComparer.Compare(before.Describe(), after.Describe());

        Assert.Equal(ChangeTag.None, comparison.Types.Single(change => change.Path[0] == "Node").Tag);
        Assert.Equal(ChangeTag.New, comparison.Types.Single(change => change.Path[0] == "Shop.Tree.Node").Tag);
    }

    [Theory]
    [InlineData("heap:Entry*>+0")]
    [InlineData("heap:Shop.Map<*>.Entry>+0")]
    [InlineData("heap:Entry<System.Int32>>+0")]
    public void A_condition_names_a_nested_type_with_and_without_those_around_it(string text)
    {
        using var before = Heap("Shop.Order");
        using var after = Heap("Shop.Map<System.Int32>.Entry");

        Assert.True(new HeapCondition(text, text["heap:".Length..^">+0".Length], 0, HeapLimitUnit.Objects).Evaluate(HeapComparer.Compare(before.Describe(), after.Describe())).Met);
    }

    [Fact]
    public void Garbage_is_left_out_of_comparisons()
    {
        using var events = Heap("Shop.Order");
        using var copy = Heap("Shop.Order");
        var after = Copied(copy.Describe());
        after = after with { Types = [.. after.Types.Select(type => type with { Objects = type.Objects + 3, GarbageObjects = 3, Bytes = type.Bytes + 72, GarbageBytes = 72 })] };

        var comparison = HeapComparer.Compare(events.Describe(), after);

        Assert.All(comparison.Types, change => Assert.Equal(ChangeTag.None, change.Tag));
        Assert.False(new HeapCondition("heap>+0", null, 0, HeapLimitUnit.Objects).Evaluate(comparison).Met);
    }

    private static HeapScript Nodes(int first, int second, int unnested = 0)
    {
        var heap = new HeapScript();
        int[] nodes = [.. heap.AddMany(first, "Shop.Tree.Node", 24), .. heap.AddMany(second, "Shop.Chain.Node", 24), .. heap.AddMany(unnested, "Node", 24)];
        heap.Root(HeapRootKind.Static, "Shop.Store.All", heap.Add("Shop.List", 40, nodes));
        return heap;
    }

    private static HeapScript Heap(string type)
    {
        var heap = new HeapScript();
        heap.Root(HeapRootKind.Static, "Shop.Store.All", heap.Add("Shop.List", 40, heap.AddMany(100, type, 24)));
        return heap;
    }

    private static HeapProfile Copied(HeapProfile profile) => profile with { Facts = profile.Facts with { Source = HeapSnapshotSource.Copy } };
}
