using System.Runtime.InteropServices;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// All call stacks of a recording as one trie from the roots to the leaves, so that memory grows with the distinct stacks and not with
/// the recording's length. A stack is the index of its leaf's node.
/// </summary>
/// <param name="addresses">The code addresses that the frames are.</param>
internal sealed class StackTable(CodeAddresses addresses)
{
    /// <summary>The stack of an event that has none, and the caller of a root.</summary>
    public const int None = -1;

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, int> _children = [];
    private readonly Dictionary<ulong, int> _recent = [];
    private int _generation;

    /// <summary>A frame and the stack of its caller.</summary>
    /// <param name="Caller">The caller's stack, or <see cref="None"/> at the root.</param>
    /// <param name="Code">The frame, as an index into the code addresses.</param>
    public readonly record struct Node(int Caller, int Code);

    /// <summary>How many distinct stacks there are, those that are only callers included.</summary>
    public int Count => _nodes.Count;

    /// <summary>The leaf of a stack.</summary>
    public Node this[int stack] => _nodes[stack];

    /// <summary>The stack with these return addresses, leaf first.</summary>
    public int Add(ReadOnlySpan<ulong> leafFirst)
    {
        if (leafFirst.IsEmpty)
            return None;
        if (_generation != addresses.Generation)
        {
            _recent.Clear();
            _generation = addresses.Generation;
        }

        ref var recent = ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, Hash(leafFirst), out var known);
        if (!known || !Is(recent, leafFirst))
            recent = Walk(leafFirst);
        return recent;
    }

    private bool Is(int stack, ReadOnlySpan<ulong> leafFirst)
    {
        foreach (var address in leafFirst)
        {
            if (stack == None || addresses[_nodes[stack].Code] != address)
                return false;
            stack = _nodes[stack].Caller;
        }

        return stack == None;
    }

    private int Walk(ReadOnlySpan<ulong> leafFirst)
    {
        var stack = None;
        for (var i = leafFirst.Length - 1; i >= 0; i--)
        {
            var node = new Node(stack, addresses.Add(leafFirst[i]));
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, node, out var known);
            if (!known)
            {
                child = _nodes.Count;
                _nodes.Add(node);
            }

            stack = child;
        }

        return stack;
    }

    private static ulong Hash(ReadOnlySpan<ulong> addresses)
    {
        const ulong Odd = 0x9E37_79B9_7F4A_7C15;
        var hash = (ulong)addresses.Length;
        foreach (var address in addresses)
            hash = ulong.RotateLeft(hash ^ address, 23) * Odd;
        return hash;
    }
}
