using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds out by which fields objects refer to each other: takes samples of the objects of each type, and looks in which of their fields the addresses are of what
/// they refer to.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="types">The types by number; null of what has no fields.</param>
/// <param name="memory">The memory.</param>
internal sealed class FieldNamer(HeapGraph graph, IReadOnlyList<ClrType> types, IDataReader memory)
{
    /// <summary>All objects of a type up to so many are samples, then one of <see cref="Interval"/>.</summary>
    private const int AlwaysSampled = 1_000;

    private const int Interval = 32;

    /// <summary>So many references between two types are enough to know their fields.</summary>
    private const int Enough = 64;

    /// <summary>So many fields are named; then there is an ellipsis.</summary>
    private const int MostNamed = 2;

    private readonly FieldLayout?[] _layouts = new FieldLayout?[types.Count];
    private readonly int[] _objects = new int[types.Count];
    private readonly Dictionary<TypePair, FieldCounts> _counts = [];

    /// <summary>The names.</summary>
    public FieldNames Find()
    {
        for (var number = 0; number < graph.ObjectCount; number++)
        {
            var type = graph.TypeOf(number);
            if (_objects[type]++ is var index && (index < AlwaysSampled || index % Interval == 0) && LayoutOf(type) is { IsEmpty: false } layout)
                Sample(number, type, layout);
        }

        return new FieldNames(_counts.Where(item => item.Value.Names.Count > 0).ToDictionary(item => item.Key, item => item.Value.ToString()));
    }

    private FieldLayout LayoutOf(int type) => _layouts[type] ??= FieldLayout.Of(types[type]);

    private void Sample(int number, int type, FieldLayout layout)
    {
        foreach (var target in graph.ReferencesOf(number))
        {
            var pair = new TypePair(type, graph.TypeOf(target));
            ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out var exists);
            if (!exists && _counts.Count > FieldNames.Most)
            {
                _counts.Remove(pair);
                continue;
            }

            counts ??= new FieldCounts();
            if (counts.References++ < Enough && layout.Find(memory, graph.AddressOf(number), graph.AddressOf(target)) is { } name)
                counts.Add(name);
        }
    }

    /// <summary>How often fields refer to objects of a type.</summary>
    private sealed class FieldCounts
    {
        public int References { get; set; }

        public Dictionary<string, int> Names { get; } = [];

        public void Add(string name) => CollectionsMarshal.GetValueRefOrAddDefault(Names, name, out _)++;

        public override string ToString()
        {
            var names = Names.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Key);
            return string.Join('/', names.Take(MostNamed)) + (Names.Count > MostNamed ? "/..." : "");
        }
    }
}
