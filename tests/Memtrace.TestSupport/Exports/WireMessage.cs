using System.Buffers.Binary;
using System.Text;

namespace Memtrace.TestSupport.Exports;

/// <summary>A message of Protocol Buffers, taken apart: written from the documentation of the encoding, not from the writer.</summary>
internal sealed class WireMessage
{
    private readonly ILookup<int, object> _fields;

    public WireMessage(ReadOnlyMemory<byte> bytes) => _fields = Fields(bytes).ToLookup(field => field.Number, field => field.Value);

    public ulong Number(int field) => Numbers(field).LastOrDefault();

    /// <summary>A repeated number, packed or not.</summary>
    public IEnumerable<ulong> Numbers(int field) =>
        _fields[field].SelectMany(value => value is ulong number ? [number] : Packed((ReadOnlyMemory<byte>)value));

    public bool Has(int field) => _fields.Contains(field);

    public double Real(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public string Text(int field) => Texts(field).LastOrDefault() ?? "";

    public IEnumerable<string> Texts(int field) => _fields[field].Select(value => Encoding.UTF8.GetString(((ReadOnlyMemory<byte>)value).Span));

    public IEnumerable<WireMessage> Messages(int field) => _fields[field].Select(value => new WireMessage((ReadOnlyMemory<byte>)value));

    private static IEnumerable<(int Number, object Value)> Fields(ReadOnlyMemory<byte> bytes)
    {
        var position = 0;
        while (position < bytes.Length)
        {
            var tag = Varint(bytes, ref position);
            object value = (tag & 7) switch
            {
                0 => Varint(bytes, ref position),
                1 => Fixed(bytes, ref position),
                2 => Bytes(bytes, ref position),
                _ => throw new InvalidDataException($"Wire type {tag & 7}."),
            };
            yield return ((int)(tag >> 3), value);
        }
    }

    private static IEnumerable<ulong> Packed(ReadOnlyMemory<byte> bytes)
    {
        for (var position = 0; position < bytes.Length;)
            yield return Varint(bytes, ref position);
    }

    private static ulong Fixed(ReadOnlyMemory<byte> bytes, ref int position)
    {
        position += sizeof(ulong);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[(position - sizeof(ulong))..]);
    }

    private static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<byte> bytes, ref int position)
    {
        var length = (int)Varint(bytes, ref position);
        position += length;
        return bytes.Slice(position - length, length);
    }

    private static ulong Varint(ReadOnlyMemory<byte> bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes.Span[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
