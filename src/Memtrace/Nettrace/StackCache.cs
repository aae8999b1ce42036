using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// The call stacks that events refer to by id, from one sequence point to the next (NetTraceFormat.md, "StackBlock"). Memory is bounded: stacks beyond
/// <see cref="MaxAddresses"/> or <see cref="MaxStacks"/> between two sequence points are dropped and counted.
/// </summary>
internal sealed class StackCache
{
    /// <summary>64 MiB: a runtime writes a sequence point about every 10 MB.</summary>
    public const int MaxAddresses = 8 << 20;

    /// <summary>The most stacks between two sequence points.</summary>
    public const int MaxStacks = 1 << 20;

    /// <summary>A larger array is not kept past a sequence point.</summary>
    private const int MaxRetainedAddresses = 1 << 20;

    private readonly Dictionary<uint, (int Start, int Length)> _stacks = [];
    private ulong[] _addresses = new ulong[1 << 12];
    private int _count;

    /// <summary>Stacks dropped because the cache was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>The addresses of a stack, leaf first; empty for an unknown id. Valid until the next sequence point.</summary>
    public ReadOnlySpan<ulong> this[uint id] => id != 0 && _stacks.TryGetValue(id, out var stack) ? _addresses.AsSpan(stack.Start, stack.Length) : [];

    /// <summary>Adds the stacks of a block.</summary>
    /// <param name="block">The block's payload.</param>
    /// <param name="pointerSize">Bytes per address: 4 or 8.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public void Add(ReadOnlySpan<byte> block, int pointerSize)
    {
        var cursor = new SpanCursor(block);
        var id = cursor.ReadUInt32();
        for (var count = cursor.ReadUInt32(); count > 0; count--, id++)
        {
            var bytes = cursor.ReadLong(cursor.ReadUInt32());
            if (bytes.Length % pointerSize != 0)
                throw new NettraceException("a stack has an invalid length");
            Add(id, bytes, pointerSize);
        }
    }

    /// <summary>Drops all stacks, at a sequence point.</summary>
    public void Clear()
    {
        _stacks.Clear();
        _count = 0;
        if (_addresses.Length > MaxRetainedAddresses)
            _addresses = new ulong[MaxRetainedAddresses];
    }

    private void Add(uint id, ReadOnlySpan<byte> bytes, int pointerSize)
    {
        var length = bytes.Length / pointerSize;
        if (length == 0)
        {
            _stacks.Remove(id);
            return;
        }

        if (_count + length > MaxAddresses || _stacks.Count >= MaxStacks)
        {
            Dropped++;
            return;
        }

        if (_count + length > _addresses.Length)
            Array.Resize(ref _addresses, Math.Max(_count + length, 2 * _addresses.Length));
        Widen(bytes, _addresses.AsSpan(_count, length), pointerSize);
        _stacks[id] = (_count, length);
        _count += length;
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<ulong> addresses, int pointerSize)
    {
        if (pointerSize == sizeof(ulong))
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(addresses));
            return;
        }

        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(sizeof(uint) * i)..]);
    }
}
