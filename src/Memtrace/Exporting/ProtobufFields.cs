using Google.Protobuf;

namespace Memtrace.Exporting;

/// <summary>The kinds of fields in Protocol Buffers.</summary>
internal static class ProtobufFields
{
    /// <summary>The stream's default is 4 KB, but nearly all inner messages take less than 100 bytes.</summary>
    private const int BufferSize = 128;

    /// <summary>A number. Zero is the default of a missing number, so it is left out.</summary>
    public static CodedOutputStream Number(this CodedOutputStream output, int field, long value)
    {
        if (value != 0)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }

        return output;
    }

    /// <summary>All numbers of an array, including zeros.</summary>
    public static CodedOutputStream Numbers(this CodedOutputStream output, int field, IReadOnlyList<long> values)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(values.Sum(CodedOutputStream.ComputeInt64Size));
        foreach (var value in values)
            output.WriteInt64(value);
        return output;
    }

    /// <summary>A number of fixed size.</summary>
    public static CodedOutputStream Fixed(this CodedOutputStream output, int field, ulong value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteFixed64(value);
        return output;
    }

    /// <summary>A floating-point number.</summary>
    public static CodedOutputStream Real(this CodedOutputStream output, int field, double value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteDouble(value);
        return output;
    }

    /// <summary>Text, in UTF-8; lone surrogates are replaced.</summary>
    public static CodedOutputStream Text(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return output;
    }

    /// <summary>A message inside another. It is written when it is complete, so its parts may write other messages first.</summary>
    /// <param name="output">The outer message.</param>
    /// <param name="field">The field in it.</param>
    /// <param name="write">Writes the fields of the message.</param>
    public static CodedOutputStream Message(this CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, BufferSize, leaveOpen: true))
            write(message);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes.GetBuffer(), 0, (int)bytes.Length));
        return output;
    }
}
