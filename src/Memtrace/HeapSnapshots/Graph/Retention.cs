namespace Memtrace.HeapSnapshots.Graph;

/// <summary>What holds what, merged by type: the dominator tree, and for each object the branch of it that the object belongs to.</summary>
internal sealed class Retention : IDisposable
{
    private const int NoBranch = -1;

    private readonly NativeBuffer<int> _branches;

    private Retention(TypeTree tree, NativeBuffer<int> branches) => (Tree, _branches) = (tree, branches);

    /// <summary>The dominator tree.</summary>
    public TypeTree Tree { get; }

    /// <summary>Finds what holds what.</summary>
    /// <param name="graph">The heap with its roots.</param>
    public static Retention Of(RootedGraph graph)
    {
        using var dominators = DominatorTree.Of(graph);
        var tree = new TypeTree();
        using var branches = new NativeBuffer<int>(dominators.Count + 1);
        branches[1] = tree.AddRoot(graph.LabelOf(graph.Root));
        Grow(graph, dominators, tree, branches.Items);
        tree.Sum();
        return new Retention(tree, ByObject(graph, dominators, branches.Items));
    }

    /// <summary>The branch that an object belongs to, or null if nothing holds the object.</summary>
    /// <param name="index">The object's number.</param>
    public int? BranchOf(int index) => _branches[index] is var branch && branch == NoBranch ? null : branch;

    /// <inheritdoc/>
    public void Dispose() => _branches.Dispose();

    // A holder comes before what it holds, so its branch is known.
    private static void Grow(RootedGraph graph, DominatorTree dominators, TypeTree tree, Span<int> branches)
    {
        var nodes = dominators.Nodes;
        var holders = dominators.Holders;
        for (var number = 2; number <= dominators.Count; number++)
        {
            var node = nodes[number];
            var branch = tree.BranchOf(branches[holders[number]], graph.LabelOf(node));
            branches[number] = branch;
            if (node < graph.ObjectCount)
                tree.Count(branch, graph.SizeOf(node));
        }
    }

    private static NativeBuffer<int> ByObject(RootedGraph graph, DominatorTree dominators, ReadOnlySpan<int> branches)
    {
        var byObject = new NativeBuffer<int>(graph.ObjectCount);
        byObject.Items.Fill(NoBranch);
        var nodes = dominators.Nodes;
        for (var number = 2; number <= dominators.Count; number++)
        {
            if (nodes[number] < graph.ObjectCount)
                byObject[nodes[number]] = branches[number];
        }

        return byObject;
    }
}
