using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Adds up how much of their capacity lists, dictionaries and the like use.</summary>
/// <param name="memory">The memory.</param>
internal sealed class CollectionCensus(IDataReader memory)
{
    private const int MostTypes = 500;

    private readonly Dictionary<string, CollectionUse> _uses = [];

    /// <summary>The result.</summary>
    public DumpedCollections Result() => new()
    {
        Types =
        [
            .. _uses.Values.OrderByDescending(use => use.WastedBytes)
                .ThenByDescending(use => use.Empty)
                .ThenBy(use => use.Type, StringComparer.Ordinal)
                .Take(MostTypes),
        ],
        TypeCount = _uses.Count,
        WastedBytes = _uses.Values.Sum(use => use.WastedBytes),
    };

    /// <summary>Counts collections of a type; null for other types.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">Its readable name.</param>
    public IObjectCensus? Of(ClrType type, string name) => CollectionLayout.Of(type, memory) is { } layout ? new TypeCensus(this, name, layout) : null;

    private void Add(string type, CollectionFill fill, long size)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, type, out _);
        use ??= new CollectionUse(type, 0, 0, 0, 0, 0);
        var isEmpty = fill is { Count: 0, IsPart: false };
        use = new CollectionUse(
            type,
            use.Count + (fill.IsPart ? 0 : 1),
            use.Empty + (isEmpty ? 1 : 0),
            use.Elements + fill.Count,
            use.Capacity + fill.Capacity,
            use.WastedBytes + fill.UnusedBytes + (isEmpty ? size : 0));
    }

    /// <summary>Counts collections of one type.</summary>
    private sealed class TypeCensus(CollectionCensus all, string name, CollectionLayout layout) : IObjectCensus
    {
        public void Add(ulong address, long size)
        {
            if (layout.Read(address) is { } fill)
                all.Add(name, fill, size);
        }
    }
}
