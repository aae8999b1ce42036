namespace Heap;

/// <summary>Keeps a fixed number of nodes alive, in short chains. Replacing their heads leaves holes, as the heap of a program that has run for a while has them.</summary>
internal sealed class NodeStore
{
    private const int ChainLength = 8;

    private readonly Node[] _chains;
    private int _next;

    public NodeStore(long bytes)
    {
        _chains = new Node[Math.Max(1, bytes / (Node.Size * ChainLength))];
        for (var chain = 0; chain < _chains.Length; chain++)
            _chains[chain] = CreateChain(chain);
    }

    public long Objects => (long)_chains.Length * ChainLength;

    /// <summary>Puts a new node in the place of one that is held.</summary>
    public void Replace(long value)
    {
        // A stride that shares no factor with most lengths: neighbors are not replaced one after the other.
        _next = (int)((_next + 7_919L) % _chains.Length);
        _chains[_next] = new Node { Next = _chains[_next].Next, Key = _next, Value = value };
    }

    private static Node CreateChain(long key)
    {
        var head = new Node { Key = key };
        for (var i = 1; i < ChainLength; i++)
            head = new Node { Next = head, Key = key, Value = i };

        return head;
    }
}
