namespace Memtrace.Nettrace;

/// <summary>Puts the framing around blocks and at the stream's end.</summary>
/// <param name="framing">Which one.</param>
internal sealed class BlockFramer(NettraceFraming framing)
{
    private const byte NullReferenceTag = 1;
    private const byte BeginPrivateObjectTag = 5;
    private const byte EndObjectTag = 6;

    /// <summary>Writes a block.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="position">Where in the stream the writer's beginning is, in bytes.</param>
    /// <param name="kind">What the block holds.</param>
    /// <param name="payload">Its content.</param>
    /// <exception cref="InvalidDataException">The block is larger than its format allows.</exception>
    public void Write(PayloadWriter writer, long position, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (framing == NettraceFraming.Blocks)
            WriteBlock(writer, kind, payload);
        else
            WriteObject(writer, position, kind, payload);
    }

    /// <summary>Writes the mark at the stream's end.</summary>
    public void WriteEndMark(PayloadWriter writer)
    {
        if (framing == NettraceFraming.Blocks)
            writer.Int32(0);
        else
            writer.Byte(NullReferenceTag);
    }

    private static void WriteBlock(PayloadWriter writer, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > 0xFFFFFF)
            throw new InvalidDataException("The stream is damaged: a block is larger than its format allows.");
        writer.Int32((int)kind << 24 | payload.Length).Bytes(payload);
    }

    private static void WriteObject(PayloadWriter writer, long position, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        var (name, version) = ObjectNames.NameOf(kind);
        writer.Byte(BeginPrivateObjectTag).Byte(BeginPrivateObjectTag).Byte(NullReferenceTag);
        writer.Int32(version).Int32(version).Int32(name.Length).Bytes(name).Byte(EndObjectTag);
        if (kind != BlockKind.Trace)
        {
            writer.Int32(payload.Length);

            // Payloads begin at a multiple of four from the stream's start, so their padding depends on where they stand in this stream.
            while ((position + writer.Written.Length) % 4 != 0)
                writer.Byte(0);
        }

        writer.Bytes(payload).Byte(EndObjectTag);
    }
}
