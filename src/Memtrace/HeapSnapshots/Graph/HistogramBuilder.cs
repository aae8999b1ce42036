using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>Counts objects by type and size. The result is a graph that is a histogram. Not safe for use by several threads.</summary>
internal sealed class HistogramBuilder
{
    private const long LargestObject = 1L << 46;

    private readonly ShapeTable _shapes = new();
    private readonly List<int> _counts = [];
    private long _objects;
    private Int128 _bytes;

    /// <summary>Adds objects.</summary>
    /// <param name="type">The number of their type.</param>
    /// <param name="size">The size of each, in bytes.</param>
    /// <param name="objects">How many there are.</param>
    /// <exception cref="InvalidDataException">No heap has such objects, or so many.</exception>
    public void Add(int type, long size, int objects)
    {
        if (size is < 0 or > LargestObject)
            throw new InvalidDataException($"No object has {size} bytes.");
        if ((_objects += objects) > Array.MaxLength || (_bytes += (Int128)size * objects) > long.MaxValue)
            throw new InvalidDataException("The heap has more objects than can be analyzed.");
        var shape = _shapes.NumberOf(type, size);
        if (shape == _counts.Count)
            _counts.Add(0);
        CollectionsMarshal.AsSpan(_counts)[shape] += objects;
    }

    /// <summary>Adds what another one counted.</summary>
    /// <param name="other">The other one. Its types have the same numbers.</param>
    /// <exception cref="InvalidDataException">There are more objects than can be analyzed.</exception>
    public void Add(HistogramBuilder other)
    {
        for (var i = 0; i < other._counts.Count; i++)
            Add(other._shapes.Shapes[i].Type, other._shapes.Shapes[i].Size, other._counts[i]);
    }

    /// <summary>Builds the histogram. The builder cannot be used afterwards.</summary>
    /// <param name="types">The types by number.</param>
    /// <param name="alignment">The alignment of objects.</param>
    public HeapGraph Build(IEnumerable<HeapType> types, int alignment) =>
        new(new AddressMap(alignment), _shapes, new NativeBuffer<int>(), new NativeBuffer<int>(), new NativeBuffer<int>(), [.. _counts])
        {
            Frame = new GraphFrame { Types = [.. types] },
        };
}
