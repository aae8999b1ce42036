using Google.Protobuf;

namespace Memtrace.Exporting.Pprof;

/// <summary>The kinds of fields that profiles are made of.</summary>
internal static class ProtobufFields
{
    /// <summary>The stream's own buffer has 4 KB, and nearly all messages inside of others take less than 100 bytes.</summary>
    private const int BufferSize = 128;

    /// <summary>A number. Zero is what a reader takes for a missing number, so it is left out.</summary>
    public static CodedOutputStream Number(this CodedOutputStream output, int field, long value)
    {
        if (value != 0)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }

        return output;
    }

    /// <summary>Numbers, all of them: zeros keep the others in their places.</summary>
    public static CodedOutputStream Numbers(this CodedOutputStream output, int field, IReadOnlyList<long> values)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(values.Sum(CodedOutputStream.ComputeInt64Size));
        foreach (var value in values)
            output.WriteInt64(value);
        return output;
    }

    /// <summary>Text, in UTF-8; halves of characters are replaced.</summary>
    public static CodedOutputStream Text(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return output;
    }

    /// <summary>A message inside of another. It is there only when it is whole, so while it is made others can be written.</summary>
    /// <param name="output">The other.</param>
    /// <param name="field">Its field.</param>
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
