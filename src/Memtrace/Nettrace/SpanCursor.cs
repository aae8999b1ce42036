using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>Reads the primitives of the nettrace format sequentially (NetTraceFormat.md, "Primitives and endianness").</summary>
/// <remarks>Every length is checked before use; reading past the end throws a <see cref="NettraceException"/>.</remarks>
internal ref struct SpanCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The unread bytes.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    public byte ReadByte() => Read(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Read(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Read(8));

    /// <summary>Reads a LEB128 number: seven bits per byte, lowest first; the high bit marks that more follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarUInt()
    {
        // Most numbers in event headers take one byte.
        if ((uint)Position < (uint)_bytes.Length && _bytes[Position] < 0x80)
            return _bytes[Position++];
        return ReadLongVarUInt();
    }

    /// <summary>A <see cref="ReadVarUInt"/> of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadVarUInt32()
    {
        var value = ReadVarUInt();
        return value <= uint.MaxValue ? (uint)value : throw new NettraceException("a number is larger than its field");
    }

    /// <summary>A length as a varuint and that many bytes: format 6's strings.</summary>
    public ReadOnlySpan<byte> ReadLengthPrefixed() => ReadLong(ReadVarUInt());

    /// <summary>Null-terminated UTF-16: the strings of formats 4 and 5 and of event payloads.</summary>
    public ReadOnlySpan<char> ReadNullTerminatedUtf16()
    {
        var characters = MemoryMarshal.Cast<byte, char>(Rest);
        var length = characters.IndexOf('\0');
        if (length < 0)
            throw new NettraceException("a string has no terminator");
        Position += (length + 1) * sizeof(char);
        return characters[..length];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - Position))
            throw EndsTooEarly();
        var read = _bytes.Slice(Position, count);
        Position += count;
        return read;
    }

    /// <summary>As <see cref="Read"/>, for a count that the stream itself declares.</summary>
    public ReadOnlySpan<byte> ReadLong(ulong count) => count <= int.MaxValue ? Read((int)count) : throw EndsTooEarly();

    private ulong ReadLongVarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new NettraceException("a variable-length number is too long");
    }

    private static NettraceException EndsTooEarly() => new("a block ends before its content does");
}
