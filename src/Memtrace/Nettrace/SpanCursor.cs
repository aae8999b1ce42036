using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>Reads the primitives of the nettrace format one after the other (NetTraceFormat.md, "Primitives and endianness").</summary>
internal ref struct SpanCursor(ReadOnlySpan<byte> bytes)
{
    /// <summary>What is not read yet.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    public byte ReadByte() => Read(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Read(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Read(8));

    /// <summary>Seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    public ulong ReadVarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("The stream is damaged: a number does not end.");
    }

    /// <summary>A length as a varuint and that many bytes: format 6's strings.</summary>
    public ReadOnlySpan<byte> ReadLengthPrefixed() => Read((int)ReadVarUInt());

    /// <summary>UTF-16 up to a final 0: the strings of formats 4 and 5 and of event payloads.</summary>
    public ReadOnlySpan<char> ReadNullTerminatedUtf16()
    {
        var characters = MemoryMarshal.Cast<byte, char>(Rest);
        var length = characters.IndexOf('\0');
        if (length < 0)
            throw new InvalidDataException("The stream is damaged: a string does not end.");
        Read((length + 1) * 2);
        return characters[..length];
    }

    public ReadOnlySpan<byte> Read(int count)
    {
        if ((uint)count > (uint)Rest.Length)
            throw new InvalidDataException("The stream is damaged: a block ends too early.");
        var read = Rest[..count];
        Rest = Rest[count..];
        return read;
    }
}
