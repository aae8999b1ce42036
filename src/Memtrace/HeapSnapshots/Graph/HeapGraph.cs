using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// The objects on a heap, what each refers to, and what holds them from outside. Objects have numbers from 0 in the order in which they came.
/// Immutable, and safe to share between threads until it is disposed. About 20 B an object. A histogram only counts the objects of each type and size:
/// it knows none of them by itself.
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
        AddressMap addresses, ShapeTable shapes, NativeBuffer<int> shapeOf, NativeBuffer<int> firstReferences, NativeBuffer<int> references, ImmutableArray<int> shapeCounts)
    {
        (_addresses, _shapes, _shapeOf) = (addresses, shapes, shapeOf);
        (_firstReferences, _references) = (firstReferences, references);
        ShapeCounts = shapeCounts;
        foreach (var (shape, count) in shapes.Shapes.ToArray().Zip(shapeCounts))
            Bytes += shape.Size * count;
        ObjectCount = checked((int)shapeCounts.Sum(count => (long)count));
    }

    /// <summary>Writes the objects and references as they are in memory: for another process of the same program, not for files.</summary>
    /// <param name="writer">Where to.</param>
    internal void WriteObjects(BinaryWriter writer)
    {
        _shapes.Write(writer);
        foreach (var count in ShapeCounts)
            writer.Write(count);
        _addresses.Write(writer);
        _shapeOf.Write(writer);
        _firstReferences.Write(writer);
        _references.Write(writer);
    }

    /// <summary>Reads what <see cref="WriteObjects"/> wrote: a graph without types and roots.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    internal static HeapGraph ReadObjects(BinaryReader reader)
    {
        var shapes = ShapeTable.Read(reader);
        var counts = new int[shapes.Shapes.Length];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = reader.ReadInt32();
        var graph = new HeapGraph(AddressMap.Read(reader), shapes, new(), new(), new(), [.. counts]) { Frame = new GraphFrame() };
        try
        {
            graph._shapeOf.Read(reader);
            graph._firstReferences.Read(reader);
            graph._references.Read(reader);
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <summary>How many objects there are.</summary>
    public int ObjectCount { get; }

    /// <summary>Whether the objects are only counted: none has a number, an address or references.</summary>
    public bool IsHistogram => _shapeOf.Count < ObjectCount;

    /// <summary>How many references between objects there are, including those of dependent handles.</summary>
    public int ReferenceCount => _references.Count;

    /// <summary>The size of all objects, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Names and roots.</summary>
    internal required GraphFrame Frame { get; init; }

    /// <summary>The types by number.</summary>
    public ImmutableArray<HeapType> Types => Frame.Types;

    /// <summary>What holds objects from outside, one for each kind and name.</summary>
    public ImmutableArray<HeapRoot> Roots => Frame.Roots;

    /// <summary>References and roots that lead to no object of the heap. If there are many, the snapshot is incomplete.</summary>
    public long DanglingReferences => Frame.DanglingReferences;

    /// <summary>Static fields whose array was found. The objects of the others have a second holder, so none seems to be held by its field alone.</summary>
    public int StaticsCut => Frame.StaticsCut;

    /// <summary>For objects that are keys of dependent handles: how many of their last references are dependent handles.</summary>
    public FrozenDictionary<int, int> Dependents => Frame.Dependents;

    /// <summary>The numbers of the objects that weak handles refer to; it can contain duplicates.</summary>
    public ImmutableArray<int> WeaklyReferenced => Frame.WeaklyReferenced;

    /// <summary>By which fields objects refer to each other.</summary>
    public FieldNames Fields => Frame.Fields;

    /// <summary>The alignment of objects: 8 bytes, or 4 in a process of 32 bits.</summary>
    internal int Alignment => _addresses.Alignment;

    /// <summary>The addresses of the objects, in the order of their numbers.</summary>
    internal IEnumerable<ulong> Addresses => _addresses.InOrder();

    /// <summary>Which types and sizes occur together, by number.</summary>
    internal ReadOnlySpan<Shape> Shapes => _shapes.Shapes;

    /// <summary>How many objects there are of each shape.</summary>
    internal ImmutableArray<int> ShapeCounts { get; }

    /// <summary>The number of the shape of each object.</summary>
    internal ReadOnlySpan<int> ShapeNumbers => _shapeOf.Items;

    /// <summary>The size of an object, in bytes.</summary>
    /// <param name="index">Its number.</param>
    public long SizeOf(int index) => _shapes.Shapes[_shapeOf[index]].Size;

    /// <summary>The number of an object's type.</summary>
    /// <param name="index">The object's number.</param>
    public int TypeOf(int index) => _shapes.Shapes[_shapeOf[index]].Type;

    /// <summary>The numbers of the objects that an object refers to, in the order of its fields; it can contain duplicates.</summary>
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

    /// <summary>The same graph with other names. It replaces this one: dispose only one of them.</summary>
    /// <param name="type">Renames a type.</param>
    /// <param name="root">Renames a root.</param>
    /// <param name="field">Renames a field.</param>
    public HeapGraph Renamed(Func<HeapType, HeapType> type, Func<HeapRoot, HeapRoot> root, Func<string, string> field) =>
        With(Frame with { Types = [.. Types.Select(type)], Roots = [.. Roots.Select(root)], Fields = Fields.Renamed(field) });

    /// <summary>The same objects with other names and roots. It replaces this one: dispose only one of them.</summary>
    /// <param name="frame">The names and roots.</param>
    internal HeapGraph With(GraphFrame frame) => new(_addresses, _shapes, _shapeOf, _firstReferences, _references, ShapeCounts) { Frame = frame };

    /// <summary>The same graph with names of fields. It replaces this one: dispose only one of them.</summary>
    /// <param name="fields">The names.</param>
    public HeapGraph With(FieldNames fields) => With(Frame with { Fields = fields });

    /// <summary>The same graph without some references: the objects refer to themselves instead. It replaces this one: dispose only one of them.</summary>
    /// <param name="cuts">The references.</param>
    public HeapGraph Without(IEnumerable<Reference> cuts)
    {
        foreach (var (source, target) in cuts)
        {
            foreach (ref var reference in _references.Items[_firstReferences[source].._firstReferences[source + 1]])
                reference = reference == target ? source : reference;
        }

        return With(Frame);
    }

    /// <summary>Frees the memory of the graph.</summary>
    public void Dispose()
    {
        _addresses.Dispose();
        _shapeOf.Dispose();
        _firstReferences.Dispose();
        _references.Dispose();
    }
}
