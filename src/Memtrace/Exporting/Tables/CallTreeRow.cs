using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A line of a printed call tree.</summary>
/// <param name="Frame">The frame; of a folded run the first.</param>
/// <param name="Depth">How many callers are above it, 0 for a child of the root.</param>
/// <param name="Share">Its share of the root's weight, 0 to 1.</param>
/// <param name="Guide">The lines that lead to it from its caller, in box-drawing characters.</param>
/// <param name="Folded">How many frames this line stands for: 1, or more for a run of framework code that calls one thing only.</param>
public record CallTreeRow(Frame? Frame, int Depth, double Share, string Guide, int Folded);

/// <summary>A line of a printed call tree, with the figures of its node.</summary>
/// <typeparam name="TNode">What the tree is made of.</typeparam>
/// <param name="Node">The node; of a folded run the first.</param>
/// <param name="Depth">How many callers are above it, 0 for a child of the root.</param>
/// <param name="Share">Its share of the root's weight, 0 to 1.</param>
/// <param name="Guide">The lines that lead to it from its caller, in box-drawing characters.</param>
/// <param name="Folded">How many frames this line stands for: 1, or more for a run of framework code that calls one thing only.</param>
public sealed record CallTreeRow<TNode>(TNode Node, int Depth, double Share, string Guide, int Folded)
    : CallTreeRow(Node.Frame, Depth, Share, Guide, Folded)
    where TNode : class, ICallTreeNode<TNode>;

/// <summary>Which runs of framework code share a line.</summary>
public enum CallTreeFolding
{
    /// <summary>None: each frame has a line.</summary>
    None,

    /// <summary>Those that do nothing but call the next frame; the one that allocates has a line of its own.</summary>
    TopDown,

    /// <summary>The same where the tree goes from the methods that allocate to their callers: also those that a thread begins with.</summary>
    Inverted,
}

/// <summary>Turns a call tree into lines, each node before those below it, heavy ones first.</summary>
public static class CallTreeRows
{
    private const int ShortestFold = 3;

    /// <summary>All nodes that weigh enough, one line each.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="minimumShare">The smallest share of the root's weight to list, 0 to 1.</param>
    public static ImmutableArray<CallTreeRow<TNode>> All<TNode>(TNode root, double minimumShare)
        where TNode : class, ICallTreeNode<TNode>
    {
        ArgumentNullException.ThrowIfNull(root);
        return new Writer<TNode>(root, minimumShare * root.Weight, CallTreeFolding.None).Write();
    }

    /// <summary>
    /// The heaviest nodes that fit into a number of lines.
    /// </summary>
    /// <param name="root">The tree.</param>
    /// <param name="minimumShare">The smallest share of the root's weight to list, 0 to 1.</param>
    /// <param name="maximumLines">How many lines at most, 1 or more.</param>
    /// <param name="folding">Which runs of framework code share a line.</param>
    public static ImmutableArray<CallTreeRow<TNode>> Heaviest<TNode>(TNode root, double minimumShare, int maximumLines, CallTreeFolding folding)
        where TNode : class, ICallTreeNode<TNode>
    {
        ArgumentNullException.ThrowIfNull(root);
        var rows = AtLeast(minimumShare * root.Weight);
        if (rows.Length <= maximumLines)
            return rows;

        // A caller weighs at least what its callees weigh, so the nodes above a weight are a tree again.
        var cut = rows.Select(row => row.Node.Weight).OrderDescending().ElementAt(maximumLines);
        var above = AtLeast(Math.BitIncrement(cut));

        // One long chain of equal weight would vanish as a whole: better its beginning.
        return above.Length * 2 >= maximumLines && above.Length <= maximumLines ? above : [.. AtLeast(cut).Take(maximumLines)];

        ImmutableArray<CallTreeRow<TNode>> AtLeast(double weight) => new Writer<TNode>(root, weight, folding).Write();
    }

    private sealed class Writer<TNode>(TNode root, double minimumWeight, CallTreeFolding folding)
        where TNode : class, ICallTreeNode<TNode>
    {
        private readonly ImmutableArray<CallTreeRow<TNode>>.Builder _rows = ImmutableArray.CreateBuilder<CallTreeRow<TNode>>();

        public ImmutableArray<CallTreeRow<TNode>> Write()
        {
            Children(root, 0, "");
            return _rows.ToImmutable();
        }

        private void Children(TNode node, int depth, string indent)
        {
            // An only child goes straight below its caller: a chain is not a staircase.
            var children = Shown(node);
            for (var i = 0; i < children.Length; i++)
            {
                var last = i == children.Length - 1;
                var (guide, below) = children.Length == 1
                    ? (indent, indent)
                    : (indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
                Branch(children[i], depth, guide, below);
            }
        }

        private void Branch(TNode node, int depth, string guide, string indent)
        {
            var run = FrameworkRun(node, depth);
            if (run.Count < ShortestFold)
                run = [node];
            _rows.Add(new CallTreeRow<TNode>(node, depth, root.Weight > 0 ? node.Weight / root.Weight : 0, guide, run.Count));
            Children(run[^1], depth + run.Count, indent);
        }

        /// <summary>The nodes from this one on that lead to the next and to nothing else; the one that allocates is not among them.</summary>
        private List<TNode> FrameworkRun(TNode node, int depth)
        {
            var run = new List<TNode>();
            if (folding == CallTreeFolding.None || (folding == CallTreeFolding.Inverted && depth == 0))
                return run;

            var next = node;
            for (; IsFramework(next) && Shown(next) is [var only]; next = only)
                run.Add(next);
            if (folding == CallTreeFolding.Inverted && IsFramework(next) && next.Children.IsEmpty)
                run.Add(next);
            return run;
        }

        private ImmutableArray<TNode> Shown(TNode node) =>
            [.. node.Children.Where(child => child.Weight >= minimumWeight)];

        private static bool IsFramework(TNode node) => node.Frame is { Origin: FrameOrigin.Framework };
    }
}
