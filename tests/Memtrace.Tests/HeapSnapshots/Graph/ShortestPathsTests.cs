using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

public sealed class ShortestPathsTests
{
    [Fact]
    public void Every_object_that_is_held_has_a_path()
    {
        var random = new Random(4);
        for (var run = 0; run < 100; run++)
        {
            using var graph = RandomHeap.Build(random, 60, 1.2, types: 5);
            var rooted = new RootedGraph(graph);
            using var dominators = DominatorTree.Of(rooted);
            using var paths = new ShortestPaths(rooted, new HolderKnowledge(type => type == 0) { IsLinked = type => type == 1, Links = (holder, _) => holder is 1 or 2 });

            var previous = paths.Previous.ToArray();
            var order = new List<int>();
            paths.Replace((node, number) =>
            {
                // Each gets its place in the order, so the one before has got its own.
                Assert.True(node == rooted.Root || order[number] == previous[node]);
                Assert.True(node == rooted.Root || rooted.SuccessorsOf(previous[node]).Contains(node));
                order.Add(node);
                return order.Count - 1;
            });
            Assert.Equal(dominators.Nodes[1..(dominators.Count + 1)].ToArray().Order(), order.Order());
        }
    }

    [Fact]
    public void A_dependent_handle_is_on_a_path_only_where_no_field_is()
    {
        // 0, a static field's, is the key of 1, 2 and 4; 3, at the end of a chain of fields, has a field for 2; a handle has 4.
        using var builder = new HeapGraphBuilder();
        int[][] references = [[5], [], [], [2], [], [3]];
        for (var i = 0; i < references.Length; i++)
        {
            builder.AddObject(RandomHeap.Address(i), 24, 0, references[i].Length);
            foreach (var target in references[i])
                builder.AddReference(RandomHeap.Address(target));
        }

        foreach (var value in (int[])[1, 2, 4])
            builder.AddDependent(RandomHeap.Address(0), RandomHeap.Address(value));
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(0), "A.Field");
        builder.AddRoot(HeapRootKind.Handle, RandomHeap.Address(4), null);
        using var graph = builder.Build();
        using var paths = new ShortestPaths(new RootedGraph(graph), new HolderKnowledge(_ => false));

        Assert.Equal((0, 3, 0), (paths.Previous[1], paths.Previous[2], paths.Previous[4]));
        Assert.Equal([false, true, false, false, true, false], Enumerable.Range(0, 6).Select(paths.IsDependent));
    }

    [Fact]
    public void A_static_field_is_preferred_to_a_stack_and_what_explains_nothing_comes_last()
    {
        using var builder = new HeapGraphBuilder();
        int[][] references = [[1], [2], [], [2, 4], [2, 5], []];
        int[] types = [0, 0, 1, 2, 0, 1];
        for (var i = 0; i < references.Length; i++)
        {
            builder.AddObject(RandomHeap.Address(i), 24, types[i], references[i].Length);
            foreach (var target in references[i])
                builder.AddReference(RandomHeap.Address(target));
        }

        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(0), "A.Field");
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(3), "A.Nothing");
        builder.AddRoot(HeapRootKind.Stack, RandomHeap.Address(2), "Main");
        builder.AddRoot(HeapRootKind.Finalizer, RandomHeap.Address(5), null);
        using var graph = builder.Build();
        using var paths = new ShortestPaths(new RootedGraph(graph), new HolderKnowledge(type => type == 2));

        Assert.Equal(1, paths.Previous[2]);
        Assert.Equal(4, paths.Previous[5]);
    }

    [Fact]
    public void Linked_objects_are_reached_from_their_list_and_otherwise_from_what_holds_one_of_them()
    {
        // 0 to 3, of type 1, are linked both ways; their list, 5, has the first one, 6 the last one; 7, linked with no other, has no list.
        using var builder = new HeapGraphBuilder();
        int[][] references = [[1], [2, 0], [3, 1], [2], [5], [0], [3, 7], []];
        int[] types = [1, 1, 1, 1, 0, 2, 3, 1];
        for (var i = 0; i < references.Length; i++)
            builder.AddObject(RandomHeap.Address(i), 24, types[i], [.. references[i].Select(RandomHeap.Address)]);
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(4), "A.Lists");
        builder.AddRoot(HeapRootKind.Static, RandomHeap.Address(6), "A.Other");
        using var graph = builder.Build();
        using var paths = new ShortestPaths(new RootedGraph(graph), new HolderKnowledge(_ => false) { IsLinked = type => type == 1, Links = (holder, held) => holder is 1 or 2 });

        Assert.Equal([5, 0, 1, 2], paths.Previous[..4].ToArray());
        Assert.Equal(6, paths.Previous[7]);
    }
}
