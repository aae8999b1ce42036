using System.Numerics;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// A growing array outside of the GC heap. Untouched parts take no memory, growing copies nothing if the system can remap pages, and disposing frees the memory
/// at once: a graph of millions of objects stays within its bound.
/// </summary>
/// <typeparam name="T">The items' type.</typeparam>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int SmallestCapacity = 1024;

    /// <summary>How many items are written or read at once.</summary>
    private const int Piece = 1 << 20;

    private T* _items;
    private int _capacity;

    /// <summary>An empty array.</summary>
    public NativeBuffer()
    {
    }

    /// <summary>An array of zeros.</summary>
    /// <param name="count">How many items.</param>
    public NativeBuffer(int count)
    {
        _items = (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
        (Count, _capacity) = (count, count);
    }

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>All items.</summary>
    public Span<T> Items => new(_items, Count);

    /// <summary>An item.</summary>
    /// <param name="index">Its number.</param>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _items[index];
        }
    }

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item.</param>
    public void Add(T item)
    {
        if (Count == _capacity)
            Reserve(Count + 1L);
        _items[Count++] = item;
    }

    /// <summary>Adds items of value zero.</summary>
    /// <param name="count">How many.</param>
    public void AddZeros(int count)
    {
        Reserve((long)Count + count);
        new Span<T>(_items + Count, count).Clear();
        Count += count;
    }

    /// <summary>Removes the last item.</summary>
    public void RemoveLast()
    {
        if (Count > 0)
            Count--;
    }

    /// <summary>Removes all but the first items.</summary>
    /// <param name="count">How many to keep.</param>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Count, nameof(count));
        Count = count;
        Resize(Math.Max(1, count));
    }

    /// <summary>Writes the items as they are in memory.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        for (var done = 0; done < Count; done += Piece)
            writer.Write(MemoryMarshal.AsBytes(Items.Slice(done, Math.Min(Piece, Count - done))));
    }

    /// <summary>Adds the items that <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public void Read(BinaryReader reader)
    {
        for (var left = reader.ReadInt32(); left > 0; left -= Piece)
        {
            var count = Math.Min(Piece, left);
            Reserve((long)Count + count);
            Count += count;
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Items[^count..]));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
        (Count, _capacity) = (0, 0);
    }

    private void Reserve(long count)
    {
        if (count <= _capacity)
            return;
        if (count > Array.MaxLength)
            throw new InvalidDataException("The heap has more objects or references than can be analyzed.");

        var doubled = BitOperations.RoundUpToPowerOf2((ulong)count);
        Resize((int)Math.Clamp(doubled, SmallestCapacity, (ulong)Array.MaxLength));
    }

    private void Resize(int capacity)
    {
        _items = (T*)NativeMemory.Realloc(_items, (nuint)capacity * (nuint)sizeof(T));
        _capacity = capacity;
    }
}
