using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

public sealed class RetentionTests
{
    [Fact]
    public void An_object_retains_what_would_be_freed_without_it()
    {
        var random = new Random(3);
        for (var run = 0; run < 100; run++)
        {
            // Each object has its own type, so that nothing is merged.
            using var graph = RandomHeap.Build(random, 80, 1.1, types: int.MaxValue);
            var rooted = new RootedGraph(graph);
            using var retention = Retention.Of(rooted);
            var all = Reachability.Of(rooted, without: -1);

            foreach (var index in all.Where(node => node < graph.ObjectCount))
            {
                var freed = all.Except(Reachability.Of(rooted, index)).Where(node => node < graph.ObjectCount).ToList();
                var branch = retention.Tree.Branches[retention.BranchOf(index)!.Value];
                Assert.Equal((freed.Count, freed.Sum(graph.SizeOf)), (branch.TotalObjects, branch.TotalBytes));
            }

            Assert.All(Enumerable.Range(0, graph.ObjectCount).Except(all), index => Assert.Null(retention.BranchOf(index)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Objects_of_a_branch_have_its_type_and_branches_add_up(int types)
    {
        var random = new Random(types);
        for (var run = 0; run < 100; run++)
        {
            using var graph = RandomHeap.Build(random, 200, 1, types);
            var rooted = new RootedGraph(graph);
            using var retention = Retention.Of(rooted);
            var branches = retention.Tree.Branches.ToArray();

            var byBranch = Enumerable.Range(0, graph.ObjectCount).ToLookup(retention.BranchOf);
            for (var number = 0; number < branches.Length; number++)
            {
                var below = branches.Where(branch => branch.Parent == number).ToList();
                Assert.All(byBranch[number], index => Assert.Equal(branches[number].Label, graph.TypeOf(index)));
                Assert.Equal(byBranch[number].Count(), branches[number].Objects);
                Assert.Equal(byBranch[number].Sum(graph.SizeOf), branches[number].Bytes);
                Assert.Equal(branches[number].Bytes + below.Sum(branch => branch.TotalBytes), branches[number].TotalBytes);
                Assert.Equal(branches[number].Objects + below.Sum(branch => branch.TotalObjects), branches[number].TotalObjects);
            }
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
}
