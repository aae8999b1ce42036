namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// The order in which a depth-first walk reaches nodes, counted from 1, with all edges as the search for dominators needs them: where an edge leads
/// forward, only the least number that one comes from; where it leads back or across, a chain. Most nodes have one edge, so there are few chains.
/// </summary>
internal sealed class DepthFirstOrder : IDisposable
{
    private readonly RootedGraph _graph;
    private readonly NativeBuffer<Edge> _edges = new();

    /// <summary>By node, its number, or 0 as long as it is not reached.</summary>
    private readonly NativeBuffer<int> _numbers;

    /// <summary>Walks a graph.</summary>
    /// <param name="graph">The graph.</param>
    public DepthFirstOrder(RootedGraph graph)
    {
        _graph = graph;
        _numbers = new NativeBuffer<int>(graph.NodeCount);
        Nodes = new NativeBuffer<int>(graph.NodeCount + 1);
        Parents = new NativeBuffer<int>(graph.NodeCount + 1);
        LeastForward = new NativeBuffer<int>(graph.NodeCount + 1);
        LastBackward = new NativeBuffer<int>(graph.NodeCount + 1);
        _edges.Add(default);
        Walk();
        _numbers.Dispose();
    }

    /// <summary>How many nodes were reached.</summary>
    public int Count { get; private set; }

    /// <summary>By number, the node.</summary>
    public NativeBuffer<int> Nodes { get; }

    /// <summary>By number, the number of the node that it was reached from.</summary>
    public NativeBuffer<int> Parents { get; }

    /// <summary>By number, the least number that an edge comes from.</summary>
    public NativeBuffer<int> LeastForward { get; }

    /// <summary>By number, the last of the chain of edges that come from higher numbers, or 0.</summary>
    public NativeBuffer<int> LastBackward { get; }

    /// <summary>The edges from higher numbers.</summary>
    public ReadOnlySpan<Edge> Edges => _edges.Items;

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeEdges();
        _numbers.Dispose();
        Nodes.Dispose();
        LastBackward.Dispose();
    }

    /// <summary>Frees what is no longer needed once the dominators are found: all but <see cref="Nodes"/> and those.</summary>
    public void DisposeEdges()
    {
        Parents.Dispose();
        LeastForward.Dispose();
        _edges.Dispose();
    }

    private void Walk()
    {
        using var open = new NativeBuffer<Visit>();
        open.Add(new Visit(Reach(_graph.Root, 0), 0));
        while (open.Count > 0)
        {
            ref var visit = ref open[open.Count - 1];
            if (Next(ref visit) is { } child)
                open.Add(new Visit(child, 0));
            else
                open.RemoveLast();
        }
    }

    /// <summary>The next node that was not reached before.</summary>
    private int? Next(ref Visit visit)
    {
        var successors = _graph.SuccessorsOf(Nodes[visit.Number]);
        while (visit.Successor < successors.Length)
        {
            var node = successors[visit.Successor++];
            var number = _numbers[node];
            if (number == 0)
                return Reach(node, visit.Number);
            if (number > visit.Number)
                LeastForward[number] = Math.Min(LeastForward[number], visit.Number);
            else if (number < visit.Number)
                AddBackward(number, visit.Number);
        }

        return null;
    }

    private int Reach(int node, int parent)
    {
        var number = ++Count;
        _numbers[node] = number;
        Nodes[number] = node;
        Parents[number] = LeastForward[number] = parent;
        return number;
    }

    private void AddBackward(int number, int source)
    {
        ref var last = ref LastBackward[number];
        _edges.Add(new Edge(source, last));
        last = _edges.Count - 1;
    }

    /// <summary>An edge from a higher number.</summary>
    /// <param name="Source">The number that it comes from.</param>
    /// <param name="Previous">The edge before it in the chain, or 0.</param>
    public readonly record struct Edge(int Source, int Previous);

    private record struct Visit(int Number, int Successor);
}
