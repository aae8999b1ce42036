using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.Tests.HeapSnapshots.Graph;

/// <summary>Which nodes the root reaches, by a plain search: the truth that clever algorithms are compared with.</summary>
internal static class Reachability
{
    /// <summary>The nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="without">A node that is left out; -1 for none.</param>
    public static HashSet<int> Of(RootedGraph graph, int without)
    {
        var reached = new HashSet<int>();
        var open = new Stack<int>([graph.Root]);
        while (open.TryPop(out var node))
        {
            if (node == without || !reached.Add(node))
                continue;
            foreach (var successor in graph.SuccessorsOf(node))
                open.Push(successor);
        }

        return reached;
    }
}
