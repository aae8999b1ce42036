using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds out by which fields objects refer to each other: takes samples of the objects of each type, and looks up which of their fields contain the addresses
/// of the objects they refer to.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="types">The types by number.</param>
/// <param name="memory">The memory.</param>
internal sealed class FieldNamer(HeapGraph graph, IReadOnlyList<ClrType> types, IDataReader memory)
{
    private const int DeepestStruct = 4;

    private readonly FieldLayout?[] _layouts = new FieldLayout?[types.Count];
    private readonly ObjectSampler _sampler = new(types.Count);
    private readonly Dictionary<TypePair, FieldCounts> _counts = [];

    /// <summary>Whether fields inside of structs get names.</summary>
    public bool WithStructs { get; init; } = true;

    /// <summary>The names.</summary>
    public FieldNames Find()
    {
        for (var number = 0; number < graph.ObjectCount; number++)
        {
            var type = graph.TypeOf(number);
            if (_sampler.IsNextSample(type) && LayoutOf(type) is { IsEmpty: false } layout)
                Sample(number, type, layout);
        }

        return FieldCounts.Names(_counts);
    }

    private FieldLayout LayoutOf(int type) => _layouts[type] ??= FieldLayout.Of(types[type], WithStructs ? DeepestStruct : 0);

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
            if (!counts.AreEnough)
                counts.Add(layout.Find(memory, graph.AddressOf(number), graph.AddressOf(target)) is { } name ? [name] : []);
        }
    }
}
