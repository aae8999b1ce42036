using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Tables;

public sealed class CallTreeRowsTests
{
    [Fact]
    public void Callers_come_before_callees_and_a_chain_is_not_a_staircase()
    {
        var tree = Root(User("Main", 100, User("Run", 100, User("A", 60, User("A1", 60)), User("B", 40))));
        Assert.Equal(["Main", "Run", "├─ A", "│  A1", "└─ B"], CallTreeRows.All(tree, 0).Select(row => row.Guide + row.Node.Frame!.Method));
        Assert.Equal([0, 1, 2, 3, 2], CallTreeRows.All(tree, 0).Select(row => row.Depth));
    }

    [Fact]
    public void What_weighs_too_little_is_left_out()
    {
        var tree = Root(User("A", 98), User("B", 1.5), User("C", 0.5));
        Assert.Equal(["A", "B"], CallTreeRows.All(tree, 0.01).Select(row => row.Node.Frame!.Method));
        Assert.Equal(0.98, CallTreeRows.All(tree, 0.01)[0].Share, 6);
    }

    [Fact]
    public void Runs_of_framework_code_share_a_line_but_not_with_the_frame_that_allocates()
    {
        var tree = Root(Framework("F1", 10, Framework("F2", 10, Framework("F3", 10, User("U", 10, Framework("F4", 10, Framework("F5", 10, Framework("F6", 10))))))));
        var rows = CallTreeRows.Heaviest(tree, 0, 100, CallTreeFolding.Callees);
        Assert.Equal(["F1 3", "U 1", "F4 1", "F5 1", "F6 1"], rows.Select(row => $"{row.Node.Frame!.Method} {row.Folded}"));
        Assert.Equal([0, 3, 4, 5, 6], rows.Select(row => row.Depth));
    }

    [Fact]
    public void Without_folding_each_frame_has_a_line()
    {
        var tree = Root(Framework("F1", 10, Framework("F2", 10, Framework("F3", 10, User("U", 10)))));
        Assert.Equal(["F1 1", "F2 1", "F3 1", "U 1"], CallTreeRows.Heaviest(tree, 0, 100, CallTreeFolding.None).Select(row => $"{row.Node.Frame!.Method} {row.Folded}"));
    }

    [Fact]
    public void Inverted_the_frame_that_allocates_comes_first_and_the_end_of_a_chain_is_folded()
    {
        var tree = Root(Framework("Alloc", 10, Framework("F1", 10, Framework("F2", 10, User("U", 10, Framework("F3", 10, Framework("F4", 10, Framework("Start", 10))))))));
        var rows = CallTreeRows.Heaviest(tree, 0, 100, CallTreeFolding.Callers);
        Assert.Equal(["Alloc 1", "F1 1", "F2 1", "U 1", "F3 3"], rows.Select(row => $"{row.Node.Frame!.Method} {row.Folded}"));
    }

    [Fact]
    public void The_heaviest_nodes_are_chosen_and_remain_a_tree()
    {
        var tree = Root(User("A", 70, User("A1", 40), User("A2", 30)), User("B", 30.5, User("B1", 29), User("B2", 1.5)));
        Assert.Equal(["├─ A", "│  ├─ A1", "│  └─ A2", "└─ B"], CallTreeRows.Heaviest(tree, 0, 4, CallTreeFolding.Callees).Select(row => row.Guide + row.Node.Frame!.Method));
    }

    [Fact]
    public void Of_a_chain_longer_than_the_page_the_beginning_is_shown()
    {
        var chain = Enumerable.Range(0, 20).Reverse().Aggregate(default(CallTreeNode), (inner, i) => inner is null ? User($"M{i}", 5) : User($"M{i}", 5, inner))!;
        Assert.Equal(["M0", "M1", "M2"], CallTreeRows.Heaviest(Root(chain), 0, 3, CallTreeFolding.Callees).Select(row => row.Node.Frame!.Method));
    }

    [Fact]
    public void An_empty_tree_has_no_rows()
    {
        Assert.Empty(CallTreeRows.Heaviest(Root(), 0.01, 10, CallTreeFolding.Callees));
        Assert.Empty(CallTreeRows.All(Root(), 0));
    }

    private static CallTreeNode Root(params CallTreeNode[] children) => Node(null, children.Sum(child => child.Total.Bytes), children);

    private static CallTreeNode User(string method, double bytes, params CallTreeNode[] children) =>
        Node(new Frame(method, null, null, null, FrameOrigin.User), bytes, children);

    private static CallTreeNode Framework(string method, double bytes, params CallTreeNode[] children) =>
        Node(new Frame(method, null, null, null, FrameOrigin.Framework), bytes, children);

    private static CallTreeNode Node(Frame? frame, double bytes, CallTreeNode[] children) => new(
        frame,
        new Estimate(bytes, 0, 1, 0, 1),
        new Estimate(bytes - children.Sum(child => child.Total.Bytes), 0, 1, 0, 1),
        [.. children]);
}
