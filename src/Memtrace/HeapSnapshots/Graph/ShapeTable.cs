using System.Numerics;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// Which types and sizes occur together. Millions of objects have some thousand shapes, so an object that knows the number of its shape needs neither.
/// </summary>
internal sealed class ShapeTable
{
    private readonly List<Shape> _shapes = [];
    private int[] _slots = new int[1024];

    /// <summary>Writes the shapes.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_shapes.Count);
        foreach (var shape in _shapes)
        {
            writer.Write(shape.Type);
            writer.Write(shape.Size);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static ShapeTable Read(BinaryReader reader)
    {
        var table = new ShapeTable();
        for (var count = reader.ReadInt32(); count > 0; count--)
            table.NumberOf(reader.ReadInt32(), reader.ReadInt64());
        return table;
    }

    /// <summary>The shapes by number.</summary>
    public ReadOnlySpan<Shape> Shapes => CollectionsMarshal.AsSpan(_shapes);

    /// <summary>The number of a shape; a new one if the shape has not occurred before.</summary>
    /// <param name="type">Number of the type.</param>
    /// <param name="size">Size of the object, in bytes.</param>
    public int NumberOf(int type, long size)
    {
        var slot = Find(type, size);
        return _slots[slot] > 0 ? _slots[slot] - 1 : Add(slot, new Shape(type, size));
    }

    private int Add(int slot, Shape shape)
    {
        _shapes.Add(shape);
        _slots[slot] = _shapes.Count;
        if (_shapes.Count * 2 > _slots.Length)
            Grow();
        return _shapes.Count - 1;
    }

    private int Find(int type, long size)
    {
        var slot = Hash(type, size);
        while (_slots[slot] > 0 && !(_shapes[_slots[slot] - 1] is var shape && shape.Type == type && shape.Size == size))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private int Hash(int type, long size)
    {
        var mixed = (((ulong)size * 0x9E3779B97F4A7C15) ^ (uint)type) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> (64 - BitOperations.Log2((uint)_slots.Length)));
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < _shapes.Count; i++)
            _slots[Find(_shapes[i].Type, _shapes[i].Size)] = i + 1;
    }
}

/// <summary>What objects of one type and size have in common.</summary>
/// <param name="Type">Number of the type.</param>
/// <param name="Size">Size, in bytes.</param>
internal readonly record struct Shape(int Type, long Size);
