using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Writes and parses the framing of blocks and the end mark of a stream. Layouts: NetTraceFormat_v5.md, "Objects"
/// (formats 4 and 5), and NetTraceFormat.md, "Blocks" (format 6).
/// </summary>
/// <param name="framing">The framing to write or parse.</param>
internal sealed class BlockFramer(NettraceFraming framing)
{
    /// <summary>A sanity limit far above real blocks: the runtime writes about 100 KB a block, or little more than one large event.</summary>
    public const int MaxBlockSize = 64 << 20;

    private const byte NullReferenceTag = 1;
    private const byte BeginPrivateObjectTag = 5;
    private const byte EndObjectTag = 6;
    private const int MaxFormat6BlockSize = 0xFFFFFF;

    /// <summary>Two tags, a null reference for the type's type, the version, the minimum reader version, the length of the name.</summary>
    private const int ObjectPrefixSize = 3 + 4 + 4 + 4;
    private const int MaxNameLength = 64;
    private const int VersionOffset = 3;
    private const int MinimumReaderOffset = VersionOffset + sizeof(int);
    private const int EarliestFormat = 4;
    private const int LatestFormat = 5;

    /// <summary>The location of a block within framed bytes.</summary>
    /// <param name="Kind">The kind of block.</param>
    /// <param name="Start">Offset of the payload from the start of the frame.</param>
    /// <param name="Length">The payload's size, in bytes.</param>
    public readonly record struct Frame(BlockKind Kind, int Start, int Length);

    /// <summary>Writes a block.</summary>
    /// <param name="writer">The destination.</param>
    /// <param name="position">Stream offset at which the writer's buffer starts, in bytes.</param>
    /// <param name="kind">The kind of block.</param>
    /// <param name="payload">The content.</param>
    /// <exception cref="NettraceException">The block is larger than its format allows.</exception>
    public void Write(PayloadWriter writer, long position, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (framing == NettraceFraming.Blocks)
            WriteBlock(writer, kind, payload);
        else
            WriteObject(writer, position, kind, payload);
    }

    /// <summary>Writes the end mark of the stream.</summary>
    public void WriteEndMark(PayloadWriter writer)
    {
        if (framing == NettraceFraming.Blocks)
            writer.Int32(0);
        else
            writer.Byte(NullReferenceTag);
    }

    /// <summary>Parses the frame at the start of the buffer.</summary>
    /// <param name="bytes">The bytes available.</param>
    /// <param name="position">Stream offset at which they start, in bytes.</param>
    /// <param name="frame">The location of the block; valid if the block is complete.</param>
    /// <returns>The size of the frame as far as it is known. If it exceeds the bytes available, read more and try again.</returns>
    /// <exception cref="NettraceException">No block starts there.</exception>
    public int Measure(ReadOnlySpan<byte> bytes, long position, out Frame frame) =>
        framing == NettraceFraming.Blocks ? MeasureBlock(bytes, out frame) : MeasureObject(bytes, position, out frame);

    /// <summary>The format version (4 or 5), taken from the version of the first block.</summary>
    /// <param name="trace">The first block, including its framing.</param>
    public static int FormatOf(ReadOnlySpan<byte> trace) => BinaryPrimitives.ReadInt32LittleEndian(trace[VersionOffset..]);

    private static void WriteBlock(PayloadWriter writer, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxFormat6BlockSize)
            throw new NettraceException("a block is too large for format 6");
        writer.Int32((int)kind << 24 | payload.Length).Bytes(payload);
    }

    private static int MeasureBlock(ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        if (bytes.Length < sizeof(uint))
            return sizeof(uint);
        var header = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        frame = new Frame((BlockKind)(header >> 24), sizeof(uint), (int)(header & MaxFormat6BlockSize));
        return sizeof(uint) + frame.Length;
    }

    private static void WriteObject(PayloadWriter writer, long position, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        var (_, name, version) = ObjectNames.NameOf(kind);
        writer.Byte(BeginPrivateObjectTag).Byte(BeginPrivateObjectTag).Byte(NullReferenceTag);
        writer.Int32(version).Int32(version).Int32(name.Length).Bytes(name).Byte(EndObjectTag);
        if (kind != BlockKind.Trace)
        {
            writer.Int32(payload.Length);
            for (var padding = Padding(position + writer.Written.Length); padding > 0; padding--)
                writer.Byte(0);
        }

        writer.Bytes(payload).Byte(EndObjectTag);
    }

    private static int MeasureObject(ReadOnlySpan<byte> bytes, long position, out Frame frame)
    {
        frame = default;
        if (bytes.IsEmpty || bytes[0] == NullReferenceTag)
            return 1;
        if (bytes[0] != BeginPrivateObjectTag)
            throw new NettraceException("expected the start of a block");
        if (bytes.Length < ObjectPrefixSize)
            return ObjectPrefixSize;
        var nameLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[(ObjectPrefixSize - sizeof(int))..]);
        if (bytes[1] != BeginPrivateObjectTag || bytes[2] != NullReferenceTag || (uint)nameLength > MaxNameLength)
            throw new NettraceException("expected the start of a block");
        var afterName = ObjectPrefixSize + nameLength + 1;
        if (bytes.Length < afterName)
            return afterName;
        if (bytes[afterName - 1] != EndObjectTag)
            throw new NettraceException("a block name has the wrong length");
        var kind = ObjectNames.KindOf(bytes.Slice(ObjectPrefixSize, nameLength));
        return kind == BlockKind.Trace ? MeasureTrace(bytes, afterName, out frame) : MeasureSized(bytes, position, kind, afterName, out frame);
    }

    /// <summary>The Trace block has no size prefix. Its version is the version of the format.</summary>
    private static int MeasureTrace(ReadOnlySpan<byte> bytes, int afterName, out Frame frame)
    {
        var format = BinaryPrimitives.ReadInt32LittleEndian(bytes[MinimumReaderOffset..]);
        return format is >= EarliestFormat and <= LatestFormat
            ? EndObject(bytes, new Frame(BlockKind.Trace, afterName, TraceObject.Size), out frame)
            : throw new NettraceException($"nettrace format {format} is not supported by this version");
    }

    /// <summary>All other blocks have a size prefix, followed by padding.</summary>
    private static int MeasureSized(ReadOnlySpan<byte> bytes, long position, BlockKind kind, int afterName, out Frame frame)
    {
        frame = default;
        var afterSize = afterName + sizeof(int);
        if (bytes.Length < afterSize)
            return afterSize;
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes[afterName..]);
        if ((uint)size > MaxBlockSize)
            throw new NettraceException("a block has an invalid size");
        return EndObject(bytes, new Frame(kind, afterSize + Padding(position + afterSize), size), out frame);
    }

    private static int EndObject(ReadOnlySpan<byte> bytes, Frame measured, out Frame frame)
    {
        frame = measured;
        var size = frame.Start + frame.Length + 1;
        if (bytes.Length >= size && bytes[size - 1] != EndObjectTag)
            throw new NettraceException("a block has no end tag");
        return size;
    }

    /// <summary>Payloads are aligned to four bytes relative to the start of the stream, so the padding depends on the stream offset.</summary>
    private static int Padding(long position) => (int)(-position & 3);
}
