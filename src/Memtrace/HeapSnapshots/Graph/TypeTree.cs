using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// A tree of nodes merged by label: nodes of one label below the same branch are one branch, and repetitions (a list's nodes, each held by the one before) are
/// one, too. Branches have numbers such that one comes before what is below it; the first one is the root.
/// </summary>
internal sealed class TypeTree
{
    /// <summary>The longest cycle of labels that is folded.</summary>
    private const int LongestCycle = 6;

    /// <summary>Anything deeper belongs to the branch at this depth. No program nests types as deeply.</summary>
    private const int DeepestBranch = 200;

    private readonly List<Branch> _branches = [];
    private readonly Dictionary<BranchKey, int> _numbers = [];
    private BranchKey _lastKey;
    private int _lastNumber;

    /// <summary>The branches by number.</summary>
    public ReadOnlySpan<Branch> Branches => CollectionsMarshal.AsSpan(_branches);

    /// <summary>Begins with the node at the top.</summary>
    /// <param name="label">Its label.</param>
    /// <returns>Its branch.</returns>
    public int AddRoot(int label)
    {
        _branches.Add(new Branch(-1, label, 0));
        return 0;
    }

    /// <summary>The branch of a node.</summary>
    /// <param name="parent">The branch of the node above it.</param>
    /// <param name="label">Its label.</param>
    /// <returns>The number of the branch.</returns>
    public int BranchOf(int parent, int label)
    {
        var key = new BranchKey(parent, label);
        if (key == _lastKey && _lastNumber > 0)
            return _lastNumber;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, key, out var exists);
        if (!exists)
            number = Repeated(parent, label) ?? Add(parent, label);
        (_lastKey, _lastNumber) = (key, number);
        return number;
    }

    /// <summary>Counts an object.</summary>
    /// <param name="branch">Its branch.</param>
    /// <param name="bytes">Its size, in bytes.</param>
    public void Count(int branch, long bytes)
    {
        ref var item = ref CollectionsMarshal.AsSpan(_branches)[branch];
        item.Objects++;
        item.Bytes += bytes;
    }

    /// <summary>Adds up what is below each branch, once all objects are counted.</summary>
    public void Sum()
    {
        var branches = CollectionsMarshal.AsSpan(_branches);
        for (var number = branches.Length - 1; number >= 0; number--)
        {
            ref var branch = ref branches[number];
            branch.TotalBytes += branch.Bytes;
            branch.TotalObjects += branch.Objects;
            if (branch.Parent < 0)
                continue;
            ref var parent = ref branches[branch.Parent];
            parent.TotalBytes += branch.TotalBytes;
            parent.TotalObjects += branch.TotalObjects;
            (branch.NextSibling, parent.FirstChild) = (parent.FirstChild, number);
        }
    }

    private int Add(int parent, int label)
    {
        var depth = _branches[parent].Depth + 1;
        if (depth > DeepestBranch)
            return parent;
        _branches.Add(new Branch(parent, label, depth));
        return _branches.Count - 1;
    }

    /// <summary>The branch that a label leads back to where the labels above repeat themselves, or null.</summary>
    private int? Repeated(int parent, int label)
    {
        var branch = parent;
        for (var length = 1; length <= LongestCycle && branch >= 0; length++, branch = _branches[branch].Parent)
        {
            if (_branches[branch].Label == label && IsRepeated(parent, branch, length - 1))
                return branch;
        }

        return null;
    }

    /// <summary>Whether the branches above one have the same labels as those above another.</summary>
    private bool IsRepeated(int branch, int earlier, int count)
    {
        earlier = _branches[earlier].Parent;
        for (; count > 0; count--, branch = _branches[branch].Parent, earlier = _branches[earlier].Parent)
        {
            if (earlier < 0 || _branches[earlier].Label != _branches[branch].Label)
                return false;
        }

        return true;
    }

    private readonly record struct BranchKey(int Parent, int Label);
}

/// <summary>A branch of a <see cref="TypeTree"/>.</summary>
/// <param name="Parent">The branch above, or -1.</param>
/// <param name="Label">The label of its nodes.</param>
/// <param name="Depth">How many branches are above it.</param>
internal record struct Branch(int Parent, int Label, int Depth)
{
    /// <summary>How many objects it has.</summary>
    public long Objects { get; set; }

    /// <summary>The size of those, in bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>How many objects it has with all that is below.</summary>
    public long TotalObjects { get; set; }

    /// <summary>The size of those, in bytes.</summary>
    public long TotalBytes { get; set; }

    /// <summary>A branch directly below it, or 0.</summary>
    public int FirstChild { get; set; }

    /// <summary>The next branch below the same one, or 0.</summary>
    public int NextSibling { get; set; }
}
