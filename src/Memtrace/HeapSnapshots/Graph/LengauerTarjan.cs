namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// Dominators by the simple algorithm of Lengauer and Tarjan: it takes almost linear time on every graph. Algorithms that walk up the dominators found so far
/// take quadratic time on a long list whose items share what they refer to, and heaps have such lists. Four numbers a node, because arrays whose times of
/// use do not overlap are one.
/// </summary>
/// <param name="order">The nodes and edges. Its arrays are overwritten.</param>
internal sealed class LengauerTarjan(DepthFirstOrder order) : IDisposable
{
    /// <summary>First the parent in the walk, later an ancestor: how far up the least label is known.</summary>
    private readonly NativeBuffer<int> _ancestor = order.Parents;

    private readonly NativeBuffer<int> _semidominator = order.LeastForward;

    /// <summary>First the chain of edges, then the next node of the same semidominator, at last the dominator.</summary>
    private readonly NativeBuffer<int> _dominator = order.LastBackward;

    /// <summary>First the nodes whose semidominator this is, later the node of the least semidominator on the way up to the ancestor.</summary>
    private readonly NativeBuffer<int> _label = new(order.Count + 1);

    private readonly NativeBuffer<int> _path = new();

    /// <summary>By number, the number of the dominator; 0 of the first one.</summary>
    public NativeBuffer<int> FindDominators()
    {
        FindSemidominators();
        var dominator = _dominator.Items;
        var semidominator = _semidominator.Items;
        dominator[1] = 0;
        for (var number = 2; number <= order.Count; number++)
        {
            if (dominator[number] != semidominator[number])
                dominator[number] = dominator[dominator[number]];
        }

        return _dominator;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _label.Dispose();
        _path.Dispose();
    }

    private void FindSemidominators()
    {
        var ancestor = _ancestor.Items;
        var semidominator = _semidominator.Items;
        var dominator = _dominator.Items;
        var label = _label.Items;
        for (var number = order.Count; number > 1; number--)
        {
            var least = LeastOver(number, semidominator[number], dominator[number]);
            var parent = ancestor[number];
            semidominator[number] = least;
            label[number] = number;
            if (least == parent)
                dominator[number] = parent;
            else
                (dominator[number], label[least]) = (label[least], number);
            Empty(parent, number);
        }
    }

    /// <summary>The least semidominator over the edges that lead to a node.</summary>
    private int LeastOver(int number, int least, int edge)
    {
        var edges = order.Edges;
        var semidominator = _semidominator.Items;
        for (; edge != 0; edge = edges[edge].Previous)
            least = Math.Min(least, semidominator[Evaluate(edges[edge].Source, number + 1)]);
        return least;
    }

    /// <summary>Finds the dominators, or nodes that have the same, of those whose semidominator a node is.</summary>
    private void Empty(int parent, int linked)
    {
        var semidominator = _semidominator.Items;
        var dominator = _dominator.Items;
        var label = _label.Items;
        var number = label[parent];
        label[parent] = 0;
        while (number != 0)
        {
            var next = dominator[number];
            var least = Evaluate(number, linked);
            dominator[number] = semidominator[least] < semidominator[number] ? least : parent;
            number = next;
        }
    }

    /// <summary>The node of the least semidominator on the way up from a node, as far as nodes are linked.</summary>
    /// <param name="number">The node.</param>
    /// <param name="linked">The first number that is linked to its parent.</param>
    private int Evaluate(int number, int linked)
    {
        var ancestor = _ancestor.Items;
        var semidominator = _semidominator.Items;
        var label = _label.Items;
        for (var up = number; ancestor[up] >= linked; up = ancestor[up])
            _path.Add(up);

        // From the top: each takes what is known of its ancestor, and that one's ancestor.
        while (_path.Count > 0)
        {
            var item = _path[_path.Count - 1];
            _path.RemoveLast();
            var above = ancestor[item];
            if (semidominator[label[above]] < semidominator[label[item]])
                label[item] = label[above];
            ancestor[item] = ancestor[above];
        }

        return label[number];
    }
}
