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
    /// <summary>Paths of a type at most, and of all types together, where all types are of interest.</summary>
    private const int MostOfType = 3, MostOfAll = 1500;

    private readonly PathTree _paths = new(graph, labels);
    private readonly Dictionary<int, long> _heldAlone = [];
    private readonly Dictionary<int, long> _weakHandles = [];

    /// <summary>The paths to the objects of some types, most bytes first.</summary>
    /// <param name="isWanted">Whether objects of a type are among them, by the type's name.</param>
    public ImmutableArray<HeapPath> Find(Func<string, bool> isWanted)
    {
        var wanted = Wanted(isWanted);
        Merge(wanted);
        return [.. Ends(wanted).Select(Path)];
    }

    /// <summary>The paths that lead to most bytes of each type.</summary>
    public ImmutableArray<HeapPath> FindHeaviest()
    {
        var all = Wanted(_ => true);
        Merge(all);
        return [.. Ends(all).GroupBy(_paths.LabelOf).SelectMany(type => type.Take(MostOfType)).OrderByDescending(BytesOf).Take(MostOfAll).Select(Path)];
    }

    /// <summary>The branches that paths end with, most bytes first.</summary>
    private IEnumerable<int> Ends(bool[] wanted) => Enumerable.Range(0, _paths.Tree.Branches.Length)
        .Where(branch => _paths.Tree.Branches[branch].Objects > 0 && wanted[_paths.LabelOf(branch)])
        .OrderByDescending(BytesOf);

    private long BytesOf(int branch) => _paths.Tree.Branches[branch].Bytes;

    private HeapPath Path(int branch)
    {
        var item = _paths.Tree.Branches[branch];
        return new(_paths.Steps(branch), labels.TypeOf(_paths.LabelOf(branch)), item.Objects, item.Bytes, _heldAlone.GetValueOrDefault(branch))
        {
            WeakHandles = _weakHandles.GetValueOrDefault(branch),
        };
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
        var weak = graph.WeaklyReferenced.CountBy(item => item).ToDictionary();
        using var paths = new ShortestPaths(graph, labels.Holders);
        _paths.Merge(paths, (node, branch) =>
        {
            if (!wanted[graph.LabelOf(node)])
                return;
            if (IsHeldAlone(node, branch))
                _heldAlone[branch] = _heldAlone.GetValueOrDefault(branch) + 1;
            if (weak.TryGetValue(node, out var handles))
                _weakHandles[branch] = _weakHandles.GetValueOrDefault(branch) + handles;
        });
    }

    /// <summary>Whether the root that the path begins with keeps the object alive alone.</summary>
    private bool IsHeldAlone(int node, int branch) =>
        retention.BranchOf(node) is { } held && RootOf(retention.Tree, held) is { } root && root == RootOf(_paths.Tree, branch);

    /// <summary>The label of the root that a branch begins with, or null if it begins with several.</summary>
    private int? RootOf(TypeTree tree, int branch)
    {
        while (branch > 0 && HolderAt(tree, branch) is null)
            branch = tree.Branches[branch].Parent;
        return HolderAt(tree, branch) is { IsRoot: true } ? tree.Branches[branch].Label : null;
    }

    private Holder? HolderAt(TypeTree tree, int branch) => labels.HolderOf(tree.Branches[branch].Label % graph.LabelCount);
}
