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

    /// <summary>The path that a branch ends, without the inner parts of collections and events.</summary>
    /// <param name="last">The branch.</param>
    public ImmutableArray<HeapStep> Steps(int last)
    {
        var steps = new Stack<int>();
        for (var branch = last; branch > 0 && labels.HolderOf(Tree.Branches[branch].Label) is not { IsRoot: false }; branch = Tree.Branches[branch].Parent)
            steps.Push(branch);
        return [.. WithoutParts([.. steps])];
    }

    private IEnumerable<HeapStep> WithoutParts(int[] steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var isEvent = IsEvent(steps, i);
            yield return Step(steps[i]) with { IsEvent = isEvent };
            if (isEvent)
                i += 2;
            for (var collection = steps[i]; i + 2 < steps.Length && labels.IsPart(LabelOf(collection), LabelOf(steps[i + 1]));)
                i++;
        }
    }

    /// <summary>Whether a delegate calls a list of others of its type, of which one is the next step but one.</summary>
    private bool IsEvent(int[] steps, int i) =>
        i + 3 < steps.Length && labels.IsArrayOfObjects(LabelOf(steps[i + 1])) && LabelOf(steps[i + 2]) == LabelOf(steps[i]);

    private HeapStep Step(int branch) => labels.Step(LabelOf(branch), Tree.Branches[branch].Objects, Tree.Branches[branch].Bytes);

    private int LabelOf(int branch) => Tree.Branches[branch].Label;
}
