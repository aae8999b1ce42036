using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>Merges call stacks into a tree of methods.</summary>
internal static class CallTree
{
    /// <summary>
    /// The tree of amounts by stack. Frames of the same method with the same callers are one node, whatever their line; the node's frame
    /// has a file and a line only if all of them agree. Amounts without a stack are self bytes of the root.
    /// </summary>
    /// <param name="stacks">The amounts.</param>
    /// <param name="direction">Which way the tree goes.</param>
    public static CallTreeNode Build(IEnumerable<StackAllocations> stacks, CallTreeDirection direction)
    {
        ArgumentNullException.ThrowIfNull(stacks);
        var root = new Node(null);
        foreach (var item in stacks)
        {
            var frames = item.Stack?.Frames ?? [];
            root.Add(direction == CallTreeDirection.Callers ? frames : frames.Reverse(), item.Allocated);
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
