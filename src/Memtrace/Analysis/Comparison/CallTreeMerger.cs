using System.Collections.Immutable;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>Merges the call trees of two recordings.</summary>
internal static class CallTreeMerger
{
    private static readonly CallTreeNode Nothing = new(null, Estimate.Zero, Estimate.Zero, []);

    /// <summary>The merged tree. Nodes with the same method, module and callers are one.</summary>
    /// <param name="stacks">The amounts.</param>
    /// <param name="test">Compares amounts.</param>
    public static CallTreeChange Merge(StackPair stacks, NoiseTest test) =>
        Merge(CallTree.Build(stacks.Before, CallTreeDirection.Callees), CallTree.Build(stacks.After, CallTreeDirection.Callees), test);

    private static CallTreeChange Merge(CallTreeNode before, CallTreeNode after, NoiseTest test)
    {
        var self = test.Compare(before.Self, after.Self);
        var children = Children(before, after, test);
        return new CallTreeChange(
            after.Frame ?? before.Frame,
            test.Compare(before.Total, after.Total),
            self,
            Math.Abs(self.Difference) + children.Sum(child => child.Weight),
            children);
    }

    private static ImmutableArray<CallTreeChange> Children(CallTreeNode before, CallTreeNode after, NoiseTest test)
    {
        var left = before.Children.ToDictionary(Key);
        var matched = after.Children.Select(child => Merge(left.Remove(Key(child), out var same) ? same : Nothing, child, test)).ToList();
        return [.. matched.Concat(left.Values.Select(child => Merge(child, Nothing, test))).OrderByDescending(child => child.Weight)];
    }

    private static (string? Method, string? Module) Key(CallTreeNode node) => (node.Frame?.Method, node.Frame?.Module);
}
