using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A line of a printed call tree.</summary>
/// <param name="Frame">The frame; of a folded run the first.</param>
/// <param name="Depth">How many lines are above it on its path, 0 for a child of the root.</param>
/// <param name="Share">Its share of the root's weight, 0 to 1.</param>
/// <param name="Guide">The lines that lead to it from its caller, in box-drawing characters.</param>
/// <param name="Folded">How many frames this line stands for: 1, or more for a run of framework code without branches.</param>
internal record CallTreeRow(Frame? Frame, int Depth, double Share, string Guide, int Folded);

/// <summary>A line of a printed call tree, with the figures of its node.</summary>
/// <typeparam name="TNode">What the tree is made of.</typeparam>
/// <param name="Node">The node; of a folded run the first.</param>
/// <param name="Depth">How many lines are above it on its path, 0 for a child of the root.</param>
/// <param name="Share">Its share of the root's weight, 0 to 1.</param>
/// <param name="Guide">The lines that lead to it from its caller, in box-drawing characters.</param>
/// <param name="Folded">How many frames this line stands for: 1, or more for a run of framework code without branches.</param>
internal sealed record CallTreeRow<TNode>(TNode Node, int Depth, double Share, string Guide, int Folded)
    : CallTreeRow(Node.Frame, Depth, Share, Guide, Folded)
    where TNode : class, ICallTreeNode<TNode>;
