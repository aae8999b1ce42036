using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>A node of a call tree of allocations. The root has no frame. Immutable.</summary>
/// <param name="Frame">The frame, or null at the root.</param>
/// <param name="Total">Allocated here and in all nodes below.</param>
/// <param name="Self">Allocated here.</param>
/// <param name="Children">The nodes below, ordered by total bytes, largest first.</param>
public sealed record CallTreeNode(Frame? Frame, Estimate Total, Estimate Self, ImmutableArray<CallTreeNode> Children)
    : ICallTreeNode<CallTreeNode>
{
    /// <inheritdoc />
    public double Weight => Total.Bytes;
}
