using System.Buffers.Binary;
using Memtrace.Footprint.Maps;

namespace Memtrace.Tests.Footprint.Maps;

/// <summary>The memory of a fake process: zeros except for what was written. All pages are resident except for those named.</summary>
internal sealed class FakeTargetMemory(params ulong[] stackPointers) : ITargetMemory
{
    private readonly Dictionary<ulong, ulong> _words = [];

    public IReadOnlyList<ulong> StackPointers { get; } = stackPointers;

    /// <summary>Whether it can be read at all.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>The pages that are not resident.</summary>
    public Func<ulong, bool> IsMissing { get; init; } = _ => false;

    /// <summary>Pages that were read.</summary>
    public int Reads { get; private set; }

    /// <summary>Writes the header of a large malloc block whose mapping begins at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">The mapping's size in KiB.</param>
    /// <param name="front">Bytes before the header.</param>
    public FakeTargetMemory Block(ulong address, ulong size, ulong front = 0) =>
        Word(address + front, front).Word(address + front + 8, (size * 1024 - front) | 2);

    /// <summary>Writes the header of a heap of a malloc arena.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">Its size in KiB.</param>
    /// <param name="arena">The arena's address.</param>
    /// <param name="previous">The previous heap of the arena, or 0.</param>
    public FakeTargetMemory Heap(ulong address, ulong size, ulong arena, ulong previous = 0) =>
        Word(address, arena).Word(address + 8, previous).Word(address + 16, size * 1024).Word(address + 24, size * 1024);

    public FakeTargetMemory Word(ulong address, ulong value)
    {
        _words[address] = value;
        return this;
    }

    public bool TryRead(ulong address, Span<byte> buffer)
    {
        Reads++;
        if (!IsReadable)
            return false;
        buffer.Clear();
        for (var i = 0; i + sizeof(ulong) <= buffer.Length; i += sizeof(ulong))
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[i..], _words.GetValueOrDefault(address + (ulong)i));
        return true;
    }

    public bool TryReadResidency(ulong address, Span<bool> pages)
    {
        for (var i = 0; i < pages.Length; i++)
            pages[i] = !IsMissing(address + ((ulong)i * 4096));
        return IsReadable;
    }
}
