namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// For each node the one that holds it: the last node that every path from the roots to it has in common. Nodes have numbers from 1 here, in such an order
/// that a holder comes before what it holds.
/// </summary>
internal sealed class DominatorTree : IDisposable
{
    private readonly DepthFirstOrder _order;
    private readonly NativeBuffer<int> _holders;

    private DominatorTree(DepthFirstOrder order, NativeBuffer<int> holders) => (_order, _holders) = (order, holders);

    /// <summary>How many nodes are held.</summary>
    public int Count => _order.Count;

    /// <summary>By number, the node.</summary>
    public ReadOnlySpan<int> Nodes => _order.Nodes.Items;

    /// <summary>By number, the number of the holder; 0 of the first one.</summary>
    public ReadOnlySpan<int> Holders => _holders.Items;

    /// <summary>Finds the holders of all nodes.</summary>
    /// <param name="graph">The graph.</param>
    public static DominatorTree Of(RootedGraph graph)
    {
        var order = new DepthFirstOrder(graph);
        using var search = new LengauerTarjan(order);
        var holders = search.FindDominators();
        order.DisposeEdges();
        return new DominatorTree(order, holders);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _order.Dispose();
        _holders.Dispose();
    }
}
