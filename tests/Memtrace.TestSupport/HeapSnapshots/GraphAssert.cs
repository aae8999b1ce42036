using Memtrace.HeapSnapshots.Graph;
using Memtrace.TestSupport.Processes;

namespace Memtrace.TestSupport.HeapSnapshots;

/// <summary>Compares a graph with what is true of the program Graph. What roots retain is found by leaving them out, without any dominators.</summary>
internal static class GraphAssert
{
    public static void IsTrue(GraphTruth truth, HeapGraph graph)
    {
        var differences = truth.Types.Select(type => Difference(type, graph)).Concat(truth.Roots.Select(root => Difference(root, graph))).OfType<string>().ToList();
        if (differences.Count > 0)
            Assert.Fail(string.Join('\n', differences));
    }

    /// <summary>Compares the types only, as a histogram has them.</summary>
    public static void HasTypes(GraphTruth truth, HeapGraph graph) => Assert.Empty(truth.Types.Select(type => Difference(type, graph)).OfType<string>());

    private static string? Difference(TrueType truth, HeapGraph graph)
    {
        var (objects, bytes) = (0L, 0L);
        for (var i = 0; i < graph.Shapes.Length; i++)
        {
            if (graph.Types[graph.Shapes[i].Type].Name == truth.Type)
                (objects, bytes) = (objects + graph.ShapeCounts[i], bytes + (graph.ShapeCounts[i] * graph.Shapes[i].Size));
        }

        return (objects, bytes) == (truth.Objects, truth.Bytes) ? null : $"{truth}, but found {objects} with {bytes} bytes";
    }

    private static string? Difference(TrueRoot truth, HeapGraph graph)
    {
        var left = graph.Roots.SelectMany(root => IsMeant(truth, root) ? root.Objects.Where(item => !HasType(truth, graph, item)) : root.Objects);
        var all = Reach(graph, graph.Roots.SelectMany(root => root.Objects));
        var without = Reach(graph, left);
        var held = Enumerable.Range(0, graph.ObjectCount).Where(i => all[i] && !without[i]).ToList();
        if (!graph.Roots.Any(root => IsMeant(truth, root) && root.Objects.Any(item => HasType(truth, graph, item))))
            return $"{truth}, but there is no such root; there is {Alike(truth, graph)}";
        return truth.RetainedBytes is null || (held.Count, held.Sum(graph.SizeOf)) == (truth.Objects, truth.RetainedBytes)
            ? null
            : $"{truth}, but it retains {held.Count} objects with {held.Sum(graph.SizeOf)} bytes";
    }

    private static bool IsMeant(TrueRoot truth, HeapRoot root) =>
        string.Equals(root.Kind.ToString(), truth.Kind, StringComparison.OrdinalIgnoreCase) && (truth.Name is null || truth.Name == root.Name);

    private static bool HasType(TrueRoot truth, HeapGraph graph, int item) => graph.Types[graph.TypeOf(item)].Name == truth.Type;

    private static string Alike(TrueRoot truth, HeapGraph graph) =>
        string.Join(", ", graph.Roots.Where(root => root.Objects.Any(item => HasType(truth, graph, item))).Select(root => $"{root.Kind} {root.Name}"));

    private static bool[] Reach(HeapGraph graph, IEnumerable<int> roots)
    {
        var reached = new bool[graph.ObjectCount];
        var open = new Stack<int>();
        foreach (var root in roots)
            Push(root);
        while (open.TryPop(out var next))
        {
            foreach (var target in graph.ReferencesOf(next))
                Push(target);
        }

        return reached;

        void Push(int item)
        {
            if (!reached[item])
                open.Push(item);
            reached[item] = true;
        }
    }
}
