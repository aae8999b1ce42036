using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>A node of a tree of calls. The root has no frame.</summary>
/// <typeparam name="TNode">The nodes' own type.</typeparam>
public interface ICallTreeNode<TNode>
    where TNode : class, ICallTreeNode<TNode>
{
    /// <summary>The frame, or null at the root.</summary>
    Frame? Frame { get; }

    /// <summary>How much the node matters: at least as much as all its children together.</summary>
    double Weight { get; }

    /// <summary>The callees, ordered by weight, largest first.</summary>
    ImmutableArray<TNode> Children { get; }
}

/// <summary>A node of a top-down call tree of allocations. The root has no frame. Immutable.</summary>
/// <param name="Frame">The frame, or null at the root.</param>
/// <param name="Total">Allocated here and in everything called from here.</param>
/// <param name="Self">Allocated here.</param>
/// <param name="Children">The callees, ordered by total bytes, largest first.</param>
public sealed record CallTreeNode(Frame? Frame, Estimate Total, Estimate Self, ImmutableArray<CallTreeNode> Children)
    : ICallTreeNode<CallTreeNode>
{
    /// <inheritdoc />
    public double Weight => Total.Bytes;
}
