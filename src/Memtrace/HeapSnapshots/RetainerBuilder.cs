using System.Collections;
using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// Turns a merged dominator tree into what people read: internal parts of collections belong to their collection, a chain in which each step holds only the
/// next is one branch, and branches too small to matter are left out.
/// </summary>
/// <param name="tree">The tree.</param>
/// <param name="labels">What its labels mean.</param>
/// <param name="sites">Where what its branches hold was allocated; null without a recording.</param>
internal sealed class RetainerBuilder(TypeTree tree, HeapLabels labels, HeldSites? sites)
{
    /// <summary>The maximum number of branches of the tree; the heaviest are kept.</summary>
    private const int MostBranches = 10_000;

    /// <summary>The maximum depth of branches: JSON readers reject more than 64 levels of nesting, and a branch is two.</summary>
    private const int DeepestBranch = 25;

    private readonly BitArray _isKept = Heaviest(tree);

    /// <summary>What roots hold, largest retained size first.</summary>
    public ImmutableArray<HeapRetainer> Build() => Ordered(Kept(ChildrenOf(0)).SelectMany(Roots));

    // The node that all roots of a kind share is not a holder that anybody wants to see, except for objects that no root of the kind holds alone.
    private IEnumerable<HeapRetainer> Roots(int branch)
    {
        if (labels.HolderOf(tree.Branches[branch].Label) is not { IsRoot: false })
            return [Shared(0, branch)];
        return Kept(ChildrenOf(branch)).Select(child => labels.HolderOf(tree.Branches[child].Label) is null ? Shared(branch, child) : Retainer(child, 1));
    }

    private HeapRetainer Shared(int holder, int branch)
    {
        var retainer = Retainer(branch, 1);
        return retainer with { Path = retainer.Path.Insert(0, Step(holder)) };
    }

    private HeapRetainer Retainer(int branch, int depth)
    {
        var path = ImmutableArray.CreateBuilder<HeapStep>();
        var bytes = 0L;
        var objects = 0L;
        var last = branch;
        while (true)
        {
            var inner = Inner(last);
            path.Add(Step(last, inner));
            objects += tree.Branches[last].Objects + inner.Objects;
            bytes += tree.Branches[last].Bytes + inner.Bytes;
            if (Only(last, inner.Held) is not { } next || !_isKept[next])
            {
                return new HeapRetainer(path.ToImmutable(), objects, bytes, tree.Branches[branch].TotalBytes, Children(inner.Held, depth))
                {
                    AllocatedAt = sites?.Of(branch),
                    GrowthBytesPerSecond = sites?.GrowthOf(branch),
                };
            }

            last = next;
        }
    }

    /// <summary>The branch that continues the same line: the only one, with as many objects.</summary>
    private int? Only(int branch, List<int> held) =>
        held is [var only] && (tree.Branches[only].Objects == tree.Branches[branch].Objects || labels.HolderOf(tree.Branches[branch].Label) is not null) ? only : null;

    private ImmutableArray<HeapRetainer> Children(List<int> held, int depth) => depth >= DeepestBranch
        ? []
        : Ordered(Kept(held).Select(child => Retainer(child, depth + 1)));

    private IEnumerable<int> Kept(IEnumerable<int> branches) => branches.Where(branch => _isKept[branch]);

    /// <summary>What is inside a collection: its parts, taken together, and what these hold.</summary>
    private InnerParts Inner(int collection)
    {
        var (objects, bytes) = (0L, 0L);
        var held = new List<int>();
        var open = new Stack<int>(ChildrenOf(collection));
        while (open.TryPop(out var child))
        {
            if (!IsPart(collection, child))
            {
                held.Add(child);
                continue;
            }

            objects += tree.Branches[child].Objects;
            bytes += tree.Branches[child].Bytes;
            foreach (var inner in ChildrenOf(child))
                open.Push(inner);
        }

        return new InnerParts(objects, bytes, held);
    }

    private bool IsPart(int collection, int child)
    {
        var held = tree.Branches[child];
        return labels.IsPart(tree.Branches[collection].Label, held.Label) || IsHandlers(collection, child) || (held.Parent != collection && IsHandlers(collection, held.Parent) && held.Label == tree.Branches[collection].Label);
    }

    /// <summary>Whether a branch is the array of an event's handlers, which are delegates of the type that the event's own delegate has.</summary>
    private bool IsHandlers(int holder, int array) => tree.Branches[array].Parent == holder
        && labels.CanListHandlers(tree.Branches[array].Label)
        && ChildrenOf(array).Any(item => tree.Branches[item].Label == tree.Branches[holder].Label);

    private HeapStep Step(int branch, InnerParts inner)
    {
        var step = Step(branch);
        return step.IsRoot ? step : step with { Parts = inner.Objects, Bytes = step.Bytes + inner.Bytes, IsEvent = ChildrenOf(branch).Any(child => IsHandlers(branch, child)) };
    }

    private HeapStep Step(int number)
    {
        var branch = tree.Branches[number];
        return labels.Step(branch.Label, branch.Objects, branch.Bytes) with { Field = number == 0 ? null : labels.FieldOf(tree.Branches[branch.Parent].Label, branch.Label) };
    }

    private List<int> ChildrenOf(int branch)
    {
        var children = new List<int>();
        for (var child = tree.Branches[branch].FirstChild; child != 0; child = tree.Branches[child].NextSibling)
            children.Add(child);
        return children;
    }

    private static ImmutableArray<HeapRetainer> Ordered(IEnumerable<HeapRetainer> retainers) => [.. retainers.OrderByDescending(retainer => retainer.RetainedBytes)];

    // Among equals, earlier ones are kept: a branch comes before what it holds, so nothing is kept without its holder.
    private static BitArray Heaviest(TypeTree tree)
    {
        var count = tree.Branches.Length;
        var kept = new BitArray(count, count <= MostBranches);
        foreach (var branch in Enumerable.Range(0, count).OrderByDescending(branch => tree.Branches[branch].TotalBytes).Take(MostBranches))
            kept[branch] = true;
        return kept;
    }

    private sealed record InnerParts(long Objects, long Bytes, List<int> Held);
}
