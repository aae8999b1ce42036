using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Finds the best paths from roots to objects, merged by type.</summary>
/// <param name="graph">The heap with its roots.</param>
/// <param name="retention">What holds what.</param>
/// <param name="labels">What labels mean.</param>
internal sealed class PathFinder(RootedGraph graph, Retention retention, HeapLabels labels)
{
    private readonly TypeTree _tree = new();
    private readonly Dictionary<int, long> _heldAlone = [];

    /// <summary>The paths to the objects of some types, what leads to most bytes first.</summary>
    /// <param name="isWanted">Whether objects of a type are among them, by the type's name.</param>
    public ImmutableArray<HeapPath> Find(Func<string, bool> isWanted)
    {
        var wanted = Wanted(isWanted);
        Merge(wanted);
        var paths = ImmutableArray.CreateBuilder<HeapPath>();
        for (var branch = 0; branch < _tree.Branches.Length; branch++)
        {
            if (_tree.Branches[branch] is { Objects: > 0 } item && wanted[item.Label])
                paths.Add(new HeapPath(Steps(branch), labels.TypeOf(item.Label), item.Objects, item.Bytes, _heldAlone.GetValueOrDefault(branch)));
        }

        return [.. paths.OrderByDescending(path => path.Bytes)];
    }

    private bool[] Wanted(Func<string, bool> isWanted)
    {
        var wanted = new bool[graph.LabelCount];
        for (var label = 0; label < wanted.Length; label++)
            wanted[label] = labels.HolderOf(label) is null && isWanted(labels.TypeOf(label));
        return wanted;
    }

    private void Merge(bool[] wanted)
    {
        using var paths = new ShortestPaths(graph, labels.ExplainsNothing);
        paths.Replace((node, previous) =>
        {
            var label = graph.LabelOf(node);
            var branch = node == graph.Root ? _tree.AddRoot(label) : _tree.BranchOf(previous, label);
            if (node < graph.ObjectCount)
                _tree.Count(branch, graph.SizeOf(node));
            if (wanted[label] && IsHeldAlone(node, branch))
                _heldAlone[branch] = _heldAlone.GetValueOrDefault(branch) + 1;
            return branch;
        });
    }

    /// <summary>Whether the root that the path begins with keeps the object alive alone.</summary>
    private bool IsHeldAlone(int node, int branch) =>
        retention.BranchOf(node) is { } held && RootOf(retention.Tree, held) is { } root && root == RootOf(_tree, branch);

    /// <summary>The label of the root that a branch begins with, or null where it begins with several.</summary>
    private int? RootOf(TypeTree tree, int branch)
    {
        while (branch > 0 && labels.HolderOf(tree.Branches[branch].Label) is null)
            branch = tree.Branches[branch].Parent;
        return labels.HolderOf(tree.Branches[branch].Label) is { IsRoot: true } ? tree.Branches[branch].Label : null;
    }

    private ImmutableArray<HeapStep> Steps(int last)
    {
        var steps = new Stack<int>();
        for (var branch = last; branch > 0 && labels.HolderOf(_tree.Branches[branch].Label) is not { IsRoot: false }; branch = _tree.Branches[branch].Parent)
            steps.Push(branch);
        return [.. Steps(WithoutParts(steps, last))];
    }

    private IEnumerable<HeapStep> Steps(IEnumerable<int> branches)
    {
        var holder = 0;
        foreach (var number in branches)
        {
            // What is held by an inner part of a collection is held by no field of the collection.
            var branch = _tree.Branches[number];
            var field = holder > 0 && branch.Parent == holder ? labels.FieldOf(_tree.Branches[holder].Label, branch.Label) : null;
            yield return labels.Step(branch.Label, branch.Objects, branch.Bytes) with { Field = field };
            holder = number;
        }
    }

    private IEnumerable<int> WithoutParts(IEnumerable<int> steps, int last)
    {
        var collection = -1;
        foreach (var step in steps)
        {
            if (step != last && collection >= 0 && labels.IsPart(_tree.Branches[collection].Label, _tree.Branches[step].Label))
                continue;
            yield return collection = step;
        }
    }
}
