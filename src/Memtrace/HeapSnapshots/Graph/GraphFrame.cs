using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>What a graph has beside objects and references. Immutable.</summary>
internal sealed record GraphFrame
{
    /// <summary>The types by number.</summary>
    public ImmutableArray<HeapType> Types { get; init; } = [];

    /// <summary>What holds objects from outside, one for each kind and name.</summary>
    public ImmutableArray<HeapRoot> Roots { get; init; } = [];

    /// <summary>References and roots that lead to no object of the heap.</summary>
    public long DanglingReferences { get; init; }

    /// <summary>Static fields whose array was found.</summary>
    public int StaticsCut { get; init; }

    /// <summary>For objects that are keys of dependent handles: how many of their last references are dependent handles.</summary>
    public FrozenDictionary<int, int> Dependents { get; init; } = FrozenDictionary<int, int>.Empty;

    /// <summary>The numbers of the objects that weak handles refer to; it can contain duplicates.</summary>
    public ImmutableArray<int> WeaklyReferenced { get; init; } = [];

    /// <summary>By which fields objects refer to each other.</summary>
    public FieldNames Fields { get; init; } = FieldNames.None;
}
