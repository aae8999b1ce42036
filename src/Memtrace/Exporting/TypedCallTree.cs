using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// A call tree for flame graphs: its leaves are the types, below the methods that allocate them, and each leaf's bytes are whole.
/// Frames of the same method in the same place are one, as in reports.
/// </summary>
internal static class TypedCallTree
{
    private static readonly CallStack NoStack = new(new Frame(FrameText.NoStack, null, null, null, FrameOrigin.Framework), null);

    /// <summary>The paths from the root to the leaves, with the bytes of each leaf; leaves of zero bytes are left out.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="value">What the amounts are.</param>
    /// <exception cref="InvalidOperationException">They are live objects, and the profile has no live heap.</exception>
    public static IEnumerable<TypedStack> Stacks(MemoryProfile profile, CallTreeValue value)
    {
        var stacks = ProfileStacks.Of(profile, value)
            .Select(item => item with { Stack = new CallStack(Leaf(item.Type), item.Stack ?? NoStack) });
        var parts = new WholeParts();
        return Leaves(CallTree.Build(stacks, CallTreeDirection.Callees), [])
            .Select(leaf => new TypedStack(leaf.Path, parts.Next(leaf.Bytes)))
            .Where(leaf => leaf.Bytes > 0);
    }

    /// <summary>The leaf that stands for a type.</summary>
    /// <param name="type">Its name.</param>
    public static Frame Leaf(string type) => new(FrameText.Of(type), null, null, null, FrameOrigin.User);

    private static IEnumerable<(Frame[] Path, double Bytes)> Leaves(CallTreeNode node, List<Frame> path)
    {
        if (node.Frame is { } frame)
            path.Add(frame);
        if (node.Children.IsEmpty)
            yield return ([.. path], node.Total.Bytes);
        foreach (var leaf in node.Children.SelectMany(child => Leaves(child, path)))
            yield return leaf;
        if (path.Count > 0)
            path.RemoveAt(path.Count - 1);
    }
}
