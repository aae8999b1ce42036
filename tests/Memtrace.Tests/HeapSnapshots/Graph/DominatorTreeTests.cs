using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

public sealed class DominatorTreeTests
{
    [Theory]
    [InlineData(5, 1.0)]
    [InlineData(12, 0.6)]
    [InlineData(12, 1.5)]
    [InlineData(40, 1.0)]
    [InlineData(40, 3.0)]
    [InlineData(120, 1.2)]
    public void A_holder_is_the_last_node_without_which_a_node_cannot_be_reached(int objects, double referencesEach)
    {
        var random = new Random(objects);
        for (var run = 0; run < 200; run++)
        {
            using var graph = RandomHeap.Build(random, objects, referencesEach, types: 4);
            var rooted = new RootedGraph(graph);
            using var tree = DominatorTree.Of(rooted);

            Assert.Equal(Expected(rooted), Found(tree));
        }
    }

    [Fact]
    public void A_long_list_whose_items_share_what_they_refer_to_takes_no_quadratic_time()
    {
        const int Items = 300_000;
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < Items; i++)
        {
            builder.AddObject(RandomHeap.Address(i), 24, 0, i < Items - 1 ? 2 : 1);
            if (i < Items - 1)
                builder.AddReference(RandomHeap.Address(i + 1));
            builder.AddReference(RandomHeap.Address(Items + (i % 1000)));
        }

        for (var i = 0; i < 1000; i++)
            builder.AddObject(RandomHeap.Address(Items + i), 24, 1, 0);
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(0), "List");
        using var graph = builder.Build();
        using var tree = DominatorTree.Of(new RootedGraph(graph));

        var holders = Found(tree);
        Assert.All(Enumerable.Range(1, Items - 1), i => Assert.Equal(i - 1, holders[i]));
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i, holders[Items + i]));
    }

    private static Dictionary<int, int> Found(DominatorTree tree)
    {
        var found = new Dictionary<int, int>();
        for (var number = 2; number <= tree.Count; number++)
            found.Add(tree.Nodes[number], tree.Nodes[tree.Holders[number]]);
        return found;
    }

    // Of the nodes without which a node is not reached, the holder is the one that all the others hold.
    private static Dictionary<int, int> Expected(RootedGraph graph)
    {
        var reachable = Reachability.Of(graph, without: -1);
        var needed = reachable.ToDictionary(node => node, _ => new HashSet<int>());
        foreach (var removed in reachable)
        {
            foreach (var lost in reachable.Except(Reachability.Of(graph, removed)).Where(node => node != removed))
                needed[lost].Add(removed);
        }

        return reachable.Where(node => node != graph.Root).ToDictionary(node => node, node => needed[node].MaxBy(holder => needed[holder].Count));
    }
}
