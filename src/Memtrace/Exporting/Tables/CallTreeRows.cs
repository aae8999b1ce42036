using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>Turns a call tree into lines, each node before those below it, heavy ones first.</summary>
internal static class CallTreeRows
{
    private const int ShortestFold = 3;

    /// <summary>All nodes of a minimum weight, one line each.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="minimumShare">The smallest share of the root's weight to list, 0 to 1.</param>
    public static ImmutableArray<CallTreeRow<TNode>> All<TNode>(TNode root, double minimumShare)
        where TNode : class, ICallTreeNode<TNode>
    {
        ArgumentNullException.ThrowIfNull(root);
        return new Writer<TNode>(root, minimumShare * root.Weight, CallTreeFolding.None).Write();
    }

    /// <summary>The heaviest nodes that fit into a number of lines.</summary>
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

        // A node weighs at least as much as those below it, so the nodes above a weight are a tree again.
        var cut = rows.Select(row => row.Node.Weight).OrderDescending().ElementAt(maximumLines);
        var above = AtLeast(Math.BitIncrement(cut));

        // One long chain of equal weight would vanish as a whole: show its beginning.
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
            // An only child is not indented: a chain is not a staircase.
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

        /// <summary>The framework nodes from this one on that have one node below them each; the one that allocates is not among them.</summary>
        private List<TNode> FrameworkRun(TNode node, int depth)
        {
            var run = new List<TNode>();
            if (folding == CallTreeFolding.None || (folding == CallTreeFolding.Callers && depth == 0))
                return run;

            var next = node;
            for (; IsFramework(next) && Shown(next) is [var only]; next = only)
                run.Add(next);
            if (folding == CallTreeFolding.Callers && IsFramework(next) && next.Children.IsEmpty)
                run.Add(next);
            return run;
        }

        private ImmutableArray<TNode> Shown(TNode node) =>
            [.. node.Children.Where(child => child.Weight >= minimumWeight)];

        private static bool IsFramework(TNode node) => node.Frame is { Origin: FrameOrigin.Framework };
    }
}
