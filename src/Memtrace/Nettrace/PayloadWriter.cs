using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Memtrace.Nettrace;

/// <summary>Writes the primitives of the nettrace format into a growing, reusable buffer. Not thread-safe.</summary>
internal sealed class PayloadWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>The bytes written since the last <see cref="Clear"/>; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Clear() => _buffer.ResetWrittenCount();

    public PayloadWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    public PayloadWriter UInt16(int value)
    {
        if ((uint)value > ushort.MaxValue)
            throw new NettraceException("a number is larger than its field");
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), (ushort)value);
        _buffer.Advance(2);
        return this;
    }

    public PayloadWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public PayloadWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>Writes a number, -1 for unknown.</summary>
    public PayloadWriter OptionalInt64(long? value) => Int64(value ?? -1);

    /// <summary>Writes a number, -1 for unknown.</summary>
    public PayloadWriter OptionalDouble(double? value) => Double(value ?? -1);

    public PayloadWriter Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    /// <inheritdoc cref="SpanCursor.ReadVarUInt"/>
    public PayloadWriter VarUInt(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        return Byte((byte)value);
    }

    /// <inheritdoc cref="SpanCursor.ReadNullTerminatedUtf16"/>
    /// <remarks>The text is truncated at an embedded NUL, which would otherwise end it for every reader and shift all later fields.</remarks>
    public PayloadWriter Utf16(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\0');
        return Bytes(MemoryMarshal.AsBytes(end < 0 ? text : text[..end])).UInt16(0);
    }

    /// <inheritdoc cref="SpanCursor.ReadLengthPrefixed"/>
    public PayloadWriter Utf8(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return VarUInt((ulong)bytes.Length).Bytes(bytes);
    }

    public PayloadWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }
}
