using System.Buffers;
using System.Numerics;
using System.Text;

namespace Memtrace.Exporting.Pprof;

/// <summary>
/// A message of Protocol Buffers in the making: the two kinds of fields that profiles are made of, numbers and bytes. Source: "Encoding" in the
/// documentation of Protocol Buffers.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int LongestVarint = 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What has been written so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A number. Zero is what a reader takes for a missing number, so it is left out.</summary>
    public ProtobufMessage Number(int field, long value)
    {
        if (value != 0)
        {
            Write(field, Varint);
            Write((ulong)value);
        }

        return this;
    }

    /// <summary>Text, in UTF-8; halves of characters are replaced.</summary>
    public ProtobufMessage Text(int field, string value)
    {
        Write(field, LengthDelimited);
        Write((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
        return this;
    }

    /// <summary>A message inside of this one.</summary>
    public ProtobufMessage Message(int field, ProtobufMessage value)
    {
        Write(field, LengthDelimited);
        Write((ulong)value.Bytes.Length);
        _bytes.Write(value.Bytes);
        return this;
    }

    /// <summary>Numbers, all of them: zeros keep the others in their places.</summary>
    public ProtobufMessage Numbers(int field, ReadOnlySpan<long> values)
    {
        var length = 0;
        foreach (var value in values)
            length += Length((ulong)value);
        Write(field, LengthDelimited);
        Write((ulong)length);
        foreach (var value in values)
            Write((ulong)value);
        return this;
    }

    private void Write(int field, int type) => Write(((ulong)field << 3) | (uint)type);

    private void Write(ulong value)
    {
        var span = _bytes.GetSpan(LongestVarint);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }

    private static int Length(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;
}
