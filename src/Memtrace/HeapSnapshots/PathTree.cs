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

    /// <summary>Merges paths by type.</summary>
    /// <param name="paths">The paths, which cannot be used afterwards.</param>
    /// <param name="visit">Is called with each node and its branch.</param>
    public void Merge(ShortestPaths paths, Action<int, int> visit) => paths.Replace((node, previous) =>
    {
        var branch = Grow(node, previous, paths.IsDependent(node));
        visit(node, branch);
        return branch;
    });

    /// <summary>The label of a branch's objects.</summary>
    /// <param name="branch">The branch.</param>
    public int LabelOf(int branch) => Tree.Branches[branch].Label % graph.LabelCount;

    // References by dependent handles and those by fields lead to different branches.
    private int Grow(int node, int previous, bool isDependent)
    {
        var label = graph.LabelOf(node) + (isDependent ? graph.LabelCount : 0);
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
        for (var branch = last; branch > 0 && labels.HolderOf(LabelOf(branch)) is not { IsRoot: false }; branch = Tree.Branches[branch].Parent)
            steps.Push(branch);
        return [.. WithoutParts([.. steps])];
    }

    private IEnumerable<HeapStep> WithoutParts(int[] steps)
    {
        var holder = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            var isEvent = IsEvent(steps, i);
            yield return Step(steps[i]) with { IsEvent = isEvent, Field = FieldTo(steps[i], holder) };
            holder = steps[i];
            if (isEvent)
                i += 2;
            for (var collection = steps[i]; i + 2 < steps.Length && labels.IsPart(LabelOf(collection), LabelOf(steps[i + 1]));)
                i++;
        }
    }

    // Objects held by an internal part of a collection are not held by a field of the collection, except for values of an AsyncLocal.
    private string? FieldTo(int branch, int holder)
    {
        if (holder == 0)
            return null;
        var parent = Tree.Branches[branch].Parent;
        return parent == holder ? labels.FieldOf(LabelOf(holder), LabelOf(branch)) : labels.AsyncLocalOf(LabelOf(parent), LabelOf(branch));
    }

    /// <summary>Whether a delegate calls a list of others of its type, of which one is the next step but one.</summary>
    private bool IsEvent(int[] steps, int i) =>
        i + 3 < steps.Length && labels.CanListHandlers(LabelOf(steps[i + 1])) && LabelOf(steps[i + 2]) == LabelOf(steps[i]);

    private HeapStep Step(int branch) => labels.Step(LabelOf(branch), Tree.Branches[branch].Objects, Tree.Branches[branch].Bytes) with { Link = LinkTo(branch) };

    private HeapLink? LinkTo(int branch)
    {
        if (labels.HolderOf(LabelOf(branch)) is not null)
            return null;
        if (Tree.Branches[branch].Label >= graph.LabelCount)
            return HeapLink.Dependent;
        return labels.HolderOf(LabelOf(Tree.Branches[branch].Parent))?.Kind switch
        {
            HeapRootKind.Handle or HeapRootKind.PinnedHandle => HeapLink.Handle,
            HeapRootKind.DependentHandle => HeapLink.Dependent,
            HeapRootKind.Finalizer => HeapLink.Finalizer,
            _ => HeapLink.Strong,
        };
    }
}
