using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

public sealed class RetentionTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(50)]
    public void A_branch_has_what_its_objects_and_all_that_these_hold_come_to(int types)
    {
        var random = new Random(types);
        for (var run = 0; run < 100; run++)
        {
            using var graph = RandomHeap.Build(random, 100, 1, types);
            var rooted = new RootedGraph(graph);
            using var retention = Retention.Of(rooted);
            using var dominators = DominatorTree.Of(rooted);

            var expected = new Dictionary<int, (long Objects, long Bytes)>();
            for (var number = 2; number <= dominators.Count; number++)
            {
                if (dominators.Nodes[number] >= graph.ObjectCount)
                    continue;
                var size = graph.SizeOf(dominators.Nodes[number]);
                foreach (var branch in BranchesAbove(retention, rooted, dominators, number))
                    expected[branch] = (expected.GetValueOrDefault(branch).Objects + 1, expected.GetValueOrDefault(branch).Bytes + size);
            }

            Assert.All(expected, item => Assert.Equal(item.Value, (retention.Tree.Branches[item.Key].TotalObjects, retention.Tree.Branches[item.Key].TotalBytes)));
        }
    }

    [Fact]
    public void A_cycle_of_types_is_folded()
    {
        const int Objects = 10_000;
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < Objects; i++)
        {
            builder.AddObject(RandomHeap.Address(i), 24, i % 3, i < Objects - 1 ? 1 : 0);
            if (i < Objects - 1)
                builder.AddReference(RandomHeap.Address(i + 1));
        }

        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(0), "List");
        using var graph = builder.Build();
        using var retention = Retention.Of(new RootedGraph(graph));

        Assert.InRange(retention.Tree.Branches.Length, 4, 10);
        Assert.Equal(Objects, retention.Tree.Branches[0].TotalObjects);
    }

    private static HashSet<int> BranchesAbove(Retention retention, RootedGraph graph, DominatorTree dominators, int number)
    {
        var branches = new HashSet<int>();
        for (; number > 0; number = dominators.Holders[number])
        {
            if (dominators.Nodes[number] < graph.ObjectCount)
                branches.Add(retention.BranchOf(dominators.Nodes[number])!.Value);
        }

        // What is above a folded branch is above what was folded into it, too.
        foreach (var branch in branches.ToArray())
        {
            for (var above = branch; above >= 0; above = retention.Tree.Branches[above].Parent)
                branches.Add(above);
        }

        return branches;
    }
}
