using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Memtrace.Events;

/// <summary>
/// A cursor over an event's payload: little endian, unpadded, strings as null-terminated UTF-16.
/// Reading past the end yields zeros and empty strings and sets <see cref="Overrun"/>: older event versions have fewer fields.
/// </summary>
internal ref struct Payload(ReadOnlySpan<byte> bytes, int pointerSize)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether a read went past the end.</summary>
    public bool Overrun { get; private set; }

    /// <summary>The size of a pointer, in bytes.</summary>
    public readonly int PointerSize => pointerSize;

    /// <summary>Unread bytes.</summary>
    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => Take(1) is [var value] ? value : default;

    public ushort ReadUInt16() => Take(2) is { Length: 2 } field ? BinaryPrimitives.ReadUInt16LittleEndian(field) : default;

    public int ReadInt32() => Take(4) is { Length: 4 } field ? BinaryPrimitives.ReadInt32LittleEndian(field) : default;

    public uint ReadUInt32() => unchecked((uint)ReadInt32());

    public long ReadInt64() => Take(8) is { Length: 8 } field ? BinaryPrimitives.ReadInt64LittleEndian(field) : default;

    public ulong ReadUInt64() => unchecked((ulong)ReadInt64());

    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>A number; null if it is negative, which our events write for unknown.</summary>
    public long? ReadOptionalInt64() => ReadInt64() is >= 0 and var value ? value : null;

    /// <inheritdoc cref="ReadOptionalInt64"/>
    public double? ReadOptionalDouble() => ReadDouble() is >= 0 and var value && double.IsFinite(value) ? value : null;

    public ulong ReadPointer() => pointerSize == 8 ? ReadUInt64() : ReadUInt32();

    public Guid ReadGuid() => Take(16) is { Length: 16 } field ? new Guid(field) : default;

    public ReadOnlySpan<byte> ReadBytes(int count) => Take(count);

    /// <summary>Reads the characters up to the terminator and skips it. The span is valid only during the event.</summary>
    public ReadOnlySpan<char> ReadString()
    {
        var characters = MemoryMarshal.Cast<byte, char>(_rest);
        var length = characters.IndexOf('\0');
        if (length < 0)
        {
            Take(_rest.Length + 1);
            return default;
        }

        _rest = _rest[((length + 1) * sizeof(char))..];
        return characters[..length];
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            Overrun = true;
            _rest = default;
            return default;
        }

        var field = _rest[..count];
        _rest = _rest[count..];
        return field;
    }
}
