using System.Runtime.InteropServices;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Analysis.Allocations;

/// <summary>
/// All call stacks of a recording as one trie from the roots to the leaves, so that stacks share their callers. A stack is the index of its leaf's node. The
/// number of nodes is bounded, see <see cref="Fold"/>.
/// </summary>
/// <param name="addresses">The code addresses of the frames.</param>
/// <param name="limit">Number of nodes from which on the table is full, 4 or more. Programs whose stacks repeat stay far below the default.</param>
internal sealed class StackTable(CodeAddresses addresses, int limit)
{
    /// <summary>The stack of an event that has none, and the caller of a root.</summary>
    public const int None = -1;

    /// <summary>The runtime records at most this many frames of a stack, those nearest the leaf (MAX_STACK_DEPTH in its eventpipe).</summary>
    public const int MaximumDepth = 100;

    private readonly List<Node> _nodes = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<Node, int> _children = [];
    private readonly Dictionary<ulong, int> _recent = [];
    private int _generation;

    /// <summary>A frame and the stack of its caller.</summary>
    /// <param name="Caller">The caller's stack, or <see cref="None"/> at the root.</param>
    /// <param name="Code">The frame, as an index into the code addresses, or one of their special codes.</param>
    public readonly record struct Node(int Caller, int Code);

    /// <summary>The number of distinct stacks, including those that are only callers.</summary>
    public int Count => _nodes.Count;

    /// <summary>Whether it is time to fold: there are many stacks, or many through unloaded methods, which take ten times the memory.</summary>
    public bool IsFull => _nodes.Count >= limit || addresses.UnloadedCount > limit / 10;

    /// <summary>How often the table was folded, which changes the numbers of stacks and codes.</summary>
    public int Foldings { get; private set; }

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
        _counts[recent]++;
        return recent;
    }

    /// <summary>
    /// Folds rare stacks, if the table is full: a quarter is kept, the most frequent ones. Of the others, only frequent callers remain, and below them one special
    /// frame for all that was folded there. Old samples count half, so that new stacks can become frequent.
    /// </summary>
    /// <returns>The new number of each stack.</returns>
    public int[] Fold()
    {
        var old = _nodes.ToArray();
        var counts = _counts.ToArray();
        var totals = Totals(old, counts);
        var least = Threshold(totals, IsFull ? Math.Max(1, Math.Min(limit, old.Length) / 4) : old.Length);
        var codes = addresses.Keep(Enumerable.Range(0, old.Length).Where(stack => totals[stack] >= least).Select(stack => old[stack].Code));
        Clear();
        var folded = new int[old.Length];
        for (var stack = 0; stack < old.Length; stack++)
        {
            var caller = old[stack].Caller == None ? None : folded[old[stack].Caller];
            folded[stack] = caller != None && _nodes[caller].Code == CodeAddresses.Rare
                ? caller
                : Child(caller, totals[stack] >= least ? Kept(old[stack].Code, codes) : CodeAddresses.Rare);
            _counts[folded[stack]] += (counts[stack] + 1) / 2;
        }

        Foldings++;
        return folded;
    }

    private static int Kept(int code, int[] codes) => code < 0 ? code : codes[code];

    /// <summary>Samples of each stack and of all that it calls. Callers come before those that they call.</summary>
    private static long[] Totals(Node[] nodes, long[] counts)
    {
        var totals = (long[])counts.Clone();
        for (var stack = nodes.Length - 1; stack >= 0; stack--)
        {
            if (nodes[stack].Caller != None)
                totals[nodes[stack].Caller] += totals[stack];
        }

        return totals;
    }

    /// <summary>The least count that fewer than <paramref name="most"/> have or exceed.</summary>
    private static long Threshold(long[] totals, int most)
    {
        if (totals.Length <= most)
            return 0;
        var ordered = (long[])totals.Clone();
        Array.Sort(ordered);
        return ordered[^most] + 1;
    }

    private void Clear()
    {
        _nodes.Clear();
        _counts.Clear();
        _children.Clear();
        _recent.Clear();
    }

    private bool Is(int stack, ReadOnlySpan<ulong> leafFirst)
    {
        foreach (var address in leafFirst)
        {
            if (stack == None || _nodes[stack].Code < 0 || addresses[_nodes[stack].Code] != address)
                return false;
            stack = _nodes[stack].Caller;
        }

        return leafFirst.Length < MaximumDepth ? stack == None : stack != None && _nodes[stack].Code == CodeAddresses.Deeper;
    }

    private int Walk(ReadOnlySpan<ulong> leafFirst)
    {
        var stack = leafFirst.Length < MaximumDepth ? None : Child(None, CodeAddresses.Deeper);
        for (var i = leafFirst.Length - 1; i >= 0; i--)
            stack = Child(stack, addresses.Add(leafFirst[i]));
        return stack;
    }

    private int Child(int caller, int code)
    {
        var node = new Node(caller, code);
        ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, node, out var known);
        if (!known)
        {
            child = _nodes.Count;
            _nodes.Add(node);
            _counts.Add(0);
        }

        return child;
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
