using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Paths from roots to objects, merged by type.</summary>
/// <param name="graph">The heap with its roots.</param>
/// <param name="labels">What labels mean.</param>
internal sealed class PathTree(RootedGraph graph, HeapLabels labels)
{
    /// <summary>The paths.</summary>
    public TypeTree Tree { get; } = new();

    /// <summary>The branch of a node, which an object is counted in.</summary>
    /// <param name="node">The node.</param>
    /// <param name="previous">The branch of the node before it on its path.</param>
    public int Grow(int node, int previous)
    {
        var label = graph.LabelOf(node);
        var branch = node == graph.Root ? Tree.AddRoot(label) : Tree.BranchOf(previous, label);
        if (node < graph.ObjectCount)
            Tree.Count(branch, graph.SizeOf(node));
        return branch;
    }

    /// <summary>The path that a branch ends, without the inner parts of collections.</summary>
    /// <param name="last">The branch.</param>
    public ImmutableArray<HeapStep> Steps(int last)
    {
        var steps = new Stack<int>();
        for (var branch = last; branch > 0 && labels.HolderOf(Tree.Branches[branch].Label) is not { IsRoot: false }; branch = Tree.Branches[branch].Parent)
            steps.Push(branch);
        return [.. WithoutParts(steps, last).Select(branch => labels.Step(Tree.Branches[branch].Label, Tree.Branches[branch].Objects, Tree.Branches[branch].Bytes))];
    }

    private IEnumerable<int> WithoutParts(IEnumerable<int> steps, int last)
    {
        var collection = -1;
        foreach (var step in steps)
        {
            if (step != last && collection >= 0 && labels.IsPart(Tree.Branches[collection].Label, Tree.Branches[step].Label))
                continue;
            yield return collection = step;
        }
    }
}
