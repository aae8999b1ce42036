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

    /// <summary>The nodes below, ordered by weight, largest first.</summary>
    ImmutableArray<TNode> Children { get; }
}
