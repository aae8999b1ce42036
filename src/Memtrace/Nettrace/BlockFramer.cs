using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Puts the framing around blocks and at the stream's end, and finds the blocks in framed bytes again. Layouts: NetTraceFormat_v5.md, "Objects"
/// (formats 4 and 5), and NetTraceFormat.md, "Blocks" (format 6).
/// </summary>
/// <param name="framing">Which one.</param>
internal sealed class BlockFramer(NettraceFraming framing)
{
    /// <summary>No writer comes near it: the runtime's blocks have 100 KB, and a block of a single large event little more than that event.</summary>
    public const int MaxBlockSize = 64 << 20;

    private const byte NullReferenceTag = 1;
    private const byte BeginPrivateObjectTag = 5;
    private const byte EndObjectTag = 6;
    private const int MaxFormat6BlockSize = 0xFFFFFF;

    /// <summary>Two tags, the null reference in the place of the type's type, version, minimum reader version, the name's length.</summary>
    private const int ObjectPrefixSize = 3 + 4 + 4 + 4;
    private const int MaxNameLength = 64;
    private const int VersionOffset = 3;
    private const int MinimumReaderOffset = VersionOffset + sizeof(int);
    private const int EarliestFormat = 4;
    private const int LatestFormat = 5;

    /// <summary>Where a block lies in framed bytes.</summary>
    /// <param name="Kind">What it holds.</param>
    /// <param name="Start">Where its payload begins, counted from the framing's beginning.</param>
    /// <param name="Length">The payload's size, in bytes.</param>
    public readonly record struct Frame(BlockKind Kind, int Start, int Length);

    /// <summary>Writes a block.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="position">Where in the stream the writer's beginning is, in bytes.</param>
    /// <param name="kind">What the block holds.</param>
    /// <param name="payload">Its content.</param>
    /// <exception cref="NettraceException">The block is larger than its format allows.</exception>
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

    /// <summary>Finds the block that begins where the bytes do.</summary>
    /// <param name="bytes">The bytes at hand.</param>
    /// <param name="position">Where in the stream they begin, in bytes.</param>
    /// <param name="frame">Where the block lies; valid if it is whole.</param>
    /// <returns>The size of the block with its framing, as far as that is known: if it is more than there is, more bytes are needed.</returns>
    /// <exception cref="NettraceException">No block begins there.</exception>
    public int Measure(ReadOnlySpan<byte> bytes, long position, out Frame frame) =>
        framing == NettraceFraming.Blocks ? MeasureBlock(bytes, out frame) : MeasureObject(bytes, position, out frame);

    /// <summary>The version of format 4 or 5, which is that of the first block.</summary>
    /// <param name="trace">The first block with its framing.</param>
    public static int FormatOf(ReadOnlySpan<byte> trace) => BinaryPrimitives.ReadInt32LittleEndian(trace[VersionOffset..]);

    private static void WriteBlock(PayloadWriter writer, BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxFormat6BlockSize)
            throw new NettraceException("a block is larger than format 6 allows");
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
        var (name, version) = ObjectNames.NameOf(kind);
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
            throw new NettraceException("there is no block where one should begin");
        if (bytes.Length < ObjectPrefixSize)
            return ObjectPrefixSize;
        var nameLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[(ObjectPrefixSize - sizeof(int))..]);
        if (bytes[1] != BeginPrivateObjectTag || bytes[2] != NullReferenceTag || (uint)nameLength > MaxNameLength)
            throw new NettraceException("there is no block where one should begin");
        var afterName = ObjectPrefixSize + nameLength + 1;
        if (bytes.Length < afterName)
            return afterName;
        if (bytes[afterName - 1] != EndObjectTag)
            throw new NettraceException("a block's name does not end where it should");
        var kind = ObjectNames.KindOf(bytes.Slice(ObjectPrefixSize, nameLength));
        return kind == BlockKind.Trace ? MeasureTrace(bytes, afterName, out frame) : MeasureSized(bytes, position, kind, afterName, out frame);
    }

    /// <summary>The first block has no size in front. Its version is the format's.</summary>
    private static int MeasureTrace(ReadOnlySpan<byte> bytes, int afterName, out Frame frame)
    {
        var format = BinaryPrimitives.ReadInt32LittleEndian(bytes[MinimumReaderOffset..]);
        return format is >= EarliestFormat and <= LatestFormat
            ? EndObject(bytes, new Frame(BlockKind.Trace, afterName, TraceObject.Size), out frame)
            : throw new NettraceException($"the recording is of format {format}, which this version cannot read");
    }

    /// <summary>All but the first block have their size in front, and padding behind it.</summary>
    private static int MeasureSized(ReadOnlySpan<byte> bytes, long position, BlockKind kind, int afterName, out Frame frame)
    {
        frame = default;
        var afterSize = afterName + sizeof(int);
        if (bytes.Length < afterSize)
            return afterSize;
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes[afterName..]);
        if ((uint)size > MaxBlockSize)
            throw new NettraceException("a block's size makes no sense");
        return EndObject(bytes, new Frame(kind, afterSize + Padding(position + afterSize), size), out frame);
    }

    private static int EndObject(ReadOnlySpan<byte> bytes, Frame measured, out Frame frame)
    {
        frame = measured;
        var size = frame.Start + frame.Length + 1;
        if (bytes.Length >= size && bytes[size - 1] != EndObjectTag)
            throw new NettraceException("a block does not end where it should");
        return size;
    }

    /// <summary>Payloads begin at a multiple of four from the stream's start, so their padding depends on where they stand in it.</summary>
    private static int Padding(long position) => (int)(-position & 3);
}
