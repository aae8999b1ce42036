using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>Merges call stacks into a tree of methods.</summary>
public static class CallTree
{
    /// <summary>
    /// The tree of all allocations. Frames of the same method with the same callers are one node, whatever their line; the node's frame
    /// has a file and a line only if all of them agree. Allocations without a stack are self bytes of the root.
    /// </summary>
    /// <param name="allocations">The amounts.</param>
    /// <param name="inverted">From the allocating methods to their callers, instead of from the thread starts to the allocating methods.</param>
    public static CallTreeNode Build(AllocationProfile allocations, bool inverted)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        return Build(allocations.Stacks, inverted);
    }

    /// <summary>The tree of live objects, built in the same way.</summary>
    /// <param name="snapshot">The amounts.</param>
    /// <param name="inverted">From the allocating methods to their callers, instead of from the thread starts to the allocating methods.</param>
    public static CallTreeNode Build(LiveSnapshot snapshot, bool inverted)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return Build(snapshot.Stacks.Select(item => (item.Stack, item.Live)), inverted);
    }

    /// <summary>The tree of amounts by stack.</summary>
    internal static CallTreeNode Build(IEnumerable<StackAllocations> stacks, bool inverted) =>
        Build(stacks.Select(item => (item.Stack, item.Allocated)), inverted);

    private static CallTreeNode Build(IEnumerable<(CallStack? Stack, Estimate Amount)> stacks, bool inverted)
    {
        var root = new Node(null);
        foreach (var (stack, amount) in stacks)
        {
            var frames = stack?.Frames ?? [];
            root.Add(inverted ? frames : frames.Reverse(), amount);
        }

        return root.Freeze();
    }

    private sealed class Node(Frame? at)
    {
        private readonly Dictionary<(string Method, string? Module), Node> _children = [];
        private Frame? _frame = at;
        private Estimate _total;
        private Estimate _self;

        public void Add(IEnumerable<Frame> path, in Estimate amount)
        {
            var node = this;
            node._total += amount;
            foreach (var frame in path)
            {
                node = node.Child(frame);
                node._total += amount;
            }

            node._self += amount;
        }

        public CallTreeNode Freeze() => new(
            _frame, _total, _self, [.. _children.Values.Select(child => child.Freeze()).OrderByDescending(child => child.Total.Bytes)]);

        private Node Child(Frame frame)
        {
            if (!_children.TryGetValue((frame.Method, frame.Module), out var child))
            {
                child = new Node(frame);
                _children.Add((frame.Method, frame.Module), child);
            }
            else
            {
                child._frame = child._frame!.SharedWith(frame);
            }

            return child;
        }
    }
}
