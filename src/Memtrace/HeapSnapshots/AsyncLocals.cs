using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// Names the AsyncLocals whose values an ExecutionContext keeps. The context has a map of AsyncLocals and values: fields for up to four, first all AsyncLocals,
/// then their values; else an array, in which each value follows its AsyncLocal.
/// </summary>
internal static class AsyncLocals
{
    private const string KeyType = "System.Threading.AsyncLocal<";
    private const string MapType = "System.Threading.AsyncLocalValueMap.";
    private const string MapOfKeys = "<System.Threading.IAsyncLocal,";

    /// <summary>By the types of maps and values, the AsyncLocals.</summary>
    /// <param name="graph">The heap.</param>
    public static FieldNames NamesIn(HeapGraph graph)
    {
        var (isMap, isKey) = (Numbers(graph, IsMap), Numbers(graph, type => type.StartsWith(KeyType, StringComparison.Ordinal)));
        if (!isMap.Contains(true))
            return FieldNames.None;
        var fields = StaticFields(graph, isKey);
        var sampler = new ObjectSampler(graph.Types.Length);
        var counts = new Dictionary<TypePair, FieldCounts>();
        for (var item = 0; item < graph.ObjectCount; item++)
        {
            if (graph.TypeOf(item) is var type && isMap[type] && sampler.IsNextSample(type))
                Add(item);
        }

        return FieldCounts.Names(counts);

        void Add(int map)
        {
            foreach (var (key, value) in Values(graph, map, isKey))
            {
                var pair = new TypePair(graph.TypeOf(map), graph.TypeOf(value));
                if (!counts.TryGetValue(pair, out var count))
                    counts.Add(pair, count = new FieldCounts());
                count.Add([fields.TryGetValue(key, out var field) ? $"AsyncLocal {field}" : ReadableNames.WithoutNamespaces(graph.Types[graph.TypeOf(key)].Name)]);
            }
        }
    }

    private static bool IsMap(string type) => type.StartsWith(MapType, StringComparison.Ordinal) || (type.Contains(MapOfKeys, StringComparison.Ordinal) && type.EndsWith("[]", StringComparison.Ordinal));

    private static bool[] Numbers(HeapGraph graph, Func<string, bool> isOne) => [.. graph.Types.Select(type => isOne(type.Name))];

    private static Dictionary<int, string> StaticFields(HeapGraph graph, bool[] isKey) => (
        from root in graph.Roots
        where root is { Kind: HeapRootKind.Static, Name: not null }
        from item in root.Objects
        where isKey[graph.TypeOf(item)]
        group root.Name by item).ToDictionary(names => names.Key, names => names.First());

    private static IEnumerable<(int Key, int Value)> Values(HeapGraph graph, int map, bool[] isKey)
    {
        var keys = new Queue<int>();
        var isAfterValue = false;
        foreach (var item in graph.ReferencesOf(map).ToArray())
        {
            if (isKey[graph.TypeOf(item)])
            {
                // What is left has no value.
                if (isAfterValue)
                    keys.Clear();
                isAfterValue = false;
                keys.Enqueue(item);
            }
            else
            {
                isAfterValue = true;
                if (keys.TryDequeue(out var key))
                    yield return (key, item);
            }
        }
    }
}
