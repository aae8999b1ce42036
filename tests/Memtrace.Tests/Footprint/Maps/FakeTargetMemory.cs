using System.Buffers.Binary;
using Memtrace.Footprint.Maps;

namespace Memtrace.Tests.Footprint.Maps;

/// <summary>The memory of a fake process: zeros except for what was written. All pages are resident except for those named.</summary>
internal sealed class FakeTargetMemory(params ulong[] stackPointers) : ITargetMemory
{
    private readonly Dictionary<ulong, ulong> _words = [];

    public IReadOnlyList<ulong> StackPointers { get; } = stackPointers;

    public IReadOnlySet<string> MemoryDevices { get; init; } = new HashSet<string>();

    /// <summary>Whether it can be read at all.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>The pages that are not resident.</summary>
    public Func<ulong, bool> IsMissing { get; init; } = _ => false;

    /// <summary>Pages whose residency was read.</summary>
    public long PagesAsked { get; private set; }

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

    /// <summary>Writes the header of a segment of the GC's handle table.</summary>
    /// <param name="address">The address.</param>
    /// <param name="next">The next segment, or 0.</param>
    /// <param name="types">How many types of handles the runtime has.</param>
    public FakeTargetMemory Handles(ulong address, ulong next = 0, int types = 13)
    {
        var pointers = address + 1920 + (6 * (ulong)types);
        return Unaligned(pointers, next).Unaligned(pointers + 8, 0x5562aaed6e50);
    }

    /// <summary>Writes the headers of a PE image.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">Its size in memory.</param>
    public FakeTargetMemory Image(ulong address, ulong size) =>
        Word(address, 0x5A4D).Word(address + 0x38, 0x80UL << 32).Word(address + 0x80, 0x4550).Word(address + 0x80 + 80, size);

    private FakeTargetMemory Unaligned(ulong address, ulong value)
    {
        var shift = (int)(address % 8) * 8;
        var word = address - (address % 8);
        _words[word] = _words.GetValueOrDefault(word) | (value << shift);
        if (shift > 0)
            _words[word + 8] = _words.GetValueOrDefault(word + 8) | (value >> (64 - shift));
        return this;
    }

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
        PagesAsked += pages.Length;
        for (var i = 0; i < pages.Length; i++)
            pages[i] = !IsMissing(address + ((ulong)i * 4096));
        return IsReadable;
    }
}
