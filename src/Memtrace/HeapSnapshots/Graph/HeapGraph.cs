using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// The objects on a heap, what each refers to, and what holds them from outside. Objects have numbers from 0 in the order in which they came.
/// Immutable, and safe to share between threads until it is disposed. About 20 B an object.
/// </summary>
internal sealed class HeapGraph : IDisposable
{
    private readonly AddressMap _addresses;
    private readonly ShapeTable _shapes;
    private readonly NativeBuffer<int> _shapeOf;
    private readonly NativeBuffer<int> _firstReferences;
    private readonly NativeBuffer<int> _references;

    /// <summary>A graph of what a builder collected.</summary>
    internal HeapGraph(
        AddressMap addresses, ShapeTable shapes, NativeBuffer<int> shapeOf, NativeBuffer<int> firstReferences, NativeBuffer<int> references)
    {
        (_addresses, _shapes, _shapeOf) = (addresses, shapes, shapeOf);
        (_firstReferences, _references) = (firstReferences, references);
        foreach (var shape in shapeOf.Items)
            Bytes += shapes.Shapes[shape].Size;
    }

    /// <summary>How many objects there are.</summary>
    public int ObjectCount => _shapeOf.Count;

    /// <summary>How many references between objects there are, those of dependent handles among them.</summary>
    public int ReferenceCount => _references.Count;

    /// <summary>The size of all objects, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>The types by number.</summary>
    public required ImmutableArray<HeapType> Types { get; init; }

    /// <summary>What holds objects from outside, one for each kind and name.</summary>
    public required ImmutableArray<HeapRoot> Roots { get; init; }

    /// <summary>References and roots that lead to no object of the heap. Where there are many, the snapshot is not complete.</summary>
    public required long DanglingReferences { get; init; }

    /// <summary>Static fields whose array was found. The other ones have a second holder, so that nothing seems to be held by them alone.</summary>
    public required int StaticsCut { get; init; }

    /// <summary>Of objects that are keys of dependent handles, how many of the last references are those.</summary>
    public required FrozenDictionary<int, int> Dependents { get; init; }

    /// <summary>The numbers of the objects that weak handles refer to; one of them can occur several times.</summary>
    public required ImmutableArray<int> WeaklyReferenced { get; init; }

    /// <summary>By which fields objects refer to each other.</summary>
    public FieldNames Fields { get; init; } = FieldNames.None;

    /// <summary>The alignment of objects: 8 bytes, or 4 in a process of 32 bits.</summary>
    internal int Alignment => _addresses.Alignment;

    /// <summary>The addresses of the objects, in the order of their numbers.</summary>
    internal IEnumerable<ulong> Addresses => _addresses.InOrder();

    /// <summary>Which types and sizes occur together, by number.</summary>
    internal ReadOnlySpan<Shape> Shapes => _shapes.Shapes;

    /// <summary>The number of the shape of each object.</summary>
    internal ReadOnlySpan<int> ShapeNumbers => _shapeOf.Items;

    /// <summary>The size of an object, in bytes.</summary>
    /// <param name="index">Its number.</param>
    public long SizeOf(int index) => _shapes.Shapes[_shapeOf[index]].Size;

    /// <summary>The number of an object's type.</summary>
    /// <param name="index">The object's number.</param>
    public int TypeOf(int index) => _shapes.Shapes[_shapeOf[index]].Type;

    /// <summary>The numbers of the objects that an object refers to, in the order of its fields; one of them can occur several times.</summary>
    /// <param name="index">Its number.</param>
    public ReadOnlySpan<int> ReferencesOf(int index)
    {
        var first = _firstReferences[index];
        return _references.Items[first.._firstReferences[index + 1]];
    }

    /// <summary>The address of an object.</summary>
    /// <param name="index">Its number.</param>
    public ulong AddressOf(int index) => _addresses.AddressOf(index);

    /// <summary>The number of the object at an address, or null if no object begins there.</summary>
    /// <param name="address">The address.</param>
    public int? IndexOf(ulong address) => _addresses.NumberOf(address);

    /// <summary>The same graph with other names. It takes the place of this one: only one of them is to be disposed.</summary>
    /// <param name="type">Renames a type.</param>
    /// <param name="root">Renames a root.</param>
    /// <param name="field">Renames a field.</param>
    public HeapGraph Renamed(Func<HeapType, HeapType> type, Func<HeapRoot, HeapRoot> root, Func<string, string> field) => new(_addresses, _shapes, _shapeOf, _firstReferences, _references)
    {
        Types = [.. Types.Select(type)],
        Roots = [.. Roots.Select(root)],
        DanglingReferences = DanglingReferences,
        StaticsCut = StaticsCut,
        Dependents = Dependents,
        WeaklyReferenced = WeaklyReferenced,
        Fields = Fields.Renamed(field),
    };

    /// <summary>The same graph with names of fields. It takes the place of this one: only one of them is to be disposed.</summary>
    /// <param name="fields">The names.</param>
    public HeapGraph With(FieldNames fields) => new(_addresses, _shapes, _shapeOf, _firstReferences, _references)
    {
        Types = Types,
        Roots = Roots,
        DanglingReferences = DanglingReferences,
        StaticsCut = StaticsCut,
        Dependents = Dependents,
        WeaklyReferenced = WeaklyReferenced,
        Fields = fields,
    };

    /// <summary>Returns the memory of the graph.</summary>
    public void Dispose()
    {
        _addresses.Dispose();
        _shapeOf.Dispose();
        _firstReferences.Dispose();
        _references.Dispose();
    }
}
