using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Reads the events of an event block or, up to format 5, of a metadata block, with compressed or uncompressed headers (NetTraceFormat_v5.md, "Event blobs";
/// NetTraceFormat.md, "Event rows").
/// </summary>
internal ref struct EventBlockReader
{
    private const int MinHeaderSize = 20;
    private const int MaxTimestampOffset = 12;
    private const int HeaderCompression = 1;
    private const uint UnsortedBit = 0x8000_0000;
    private const int ActivityIdSize = 16;

    private readonly NettraceFraming _framing;
    private SpanCursor _cursor;
    private EventHeader _header;

    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public EventBlockReader(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        _framing = framing;
        _cursor = new SpanCursor(block);
        var headerSize = _cursor.ReadUInt16();
        IsCompressed = (_cursor.ReadUInt16() & HeaderCompression) != 0;
        if (headerSize < MinHeaderSize)
            throw new NettraceException("an event block's header is too short");
        _cursor.Read(headerSize - _cursor.Position);
    }

    /// <summary>Whether event headers are compressed.</summary>
    public bool IsCompressed { get; }

    /// <summary>The current event's header.</summary>
    public readonly EventHeader Header => _header;

    /// <summary>The current event's payload.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Offset of the current event's payload in the block.</summary>
    public int PayloadOffset { get; private set; }

    /// <summary>The latest timestamp in the block, in ticks, as its header declares it.</summary>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static long MaxTimestamp(ReadOnlySpan<byte> block) => block.Length >= MinHeaderSize
        ? BinaryPrimitives.ReadInt64LittleEndian(block[MaxTimestampOffset..])
        : throw new NettraceException("an event block's header is too short");

    /// <summary>Advances to the next event; false at the end of the block.</summary>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public bool Read()
    {
        if (_cursor.IsAtEnd)
            return false;
        if (IsCompressed)
            ReadCompressed();
        else
            ReadPlain();
        return true;
    }

    private void ReadCompressed()
    {
        var fields = (EventHeaderFields)_cursor.ReadByte();
        if (fields.HasFlag(EventHeaderFields.MetadataId))
            _header.MetadataId = (int)_cursor.ReadVarUInt32();
        ReadSequence(fields);
        if (fields.HasFlag(EventHeaderFields.Thread))
            _header.Thread = _cursor.ReadVarUInt();
        if (fields.HasFlag(EventHeaderFields.StackId))
            _header.StackId = _cursor.ReadVarUInt32();
        _header.Timestamp += (long)_cursor.ReadVarUInt();
        if (fields.HasFlag(EventHeaderFields.ActivityIdOrLabelList) || fields.HasFlag(EventHeaderFields.RelatedActivityId))
            SkipActivity(fields);
        _header.IsSorted = fields.HasFlag(EventHeaderFields.Sorted);
        if (fields.HasFlag(EventHeaderFields.PayloadSize))
            _header.PayloadSize = (int)_cursor.ReadVarUInt32();
        PayloadOffset = _cursor.Position;
        Payload = _cursor.Read(_header.PayloadSize);
    }

    private void ReadSequence(EventHeaderFields fields)
    {
        if (fields.HasFlag(EventHeaderFields.CaptureThreadAndSequence))
        {
            _header.SequenceNumber += _cursor.ReadVarUInt32();
            _header.CaptureThread = _cursor.ReadVarUInt();
            _header.Processor = _cursor.ReadVarUInt32();
        }

        if (_header.MetadataId != 0)
            _header.SequenceNumber++;
    }

    private void SkipActivity(EventHeaderFields fields)
    {
        if (fields.HasFlag(EventHeaderFields.ActivityIdOrLabelList))
        {
            if (_framing == NettraceFraming.Blocks)
                _cursor.ReadVarUInt32();
            else
                _cursor.Read(ActivityIdSize);
        }

        if (_framing == NettraceFraming.Objects && fields.HasFlag(EventHeaderFields.RelatedActivityId))
            _cursor.Read(ActivityIdSize);
    }

    /// <summary>The size of the remainder, then all fields uncompressed; up to format 5, padded to four bytes.</summary>
    private void ReadPlain()
    {
        var row = new SpanCursor(_cursor.ReadLong(_cursor.ReadUInt32()));
        var rowStart = _cursor.Position - row.Rest.Length;
        var metadata = row.ReadUInt32();
        _header.MetadataId = (int)(metadata & ~UnsortedBit);
        _header.IsSorted = (metadata & UnsortedBit) == 0;
        _header.SequenceNumber = row.ReadUInt32();
        _header.Thread = (ulong)row.ReadInt64();
        _header.CaptureThread = (ulong)row.ReadInt64();
        _header.Processor = row.ReadUInt32();
        _header.StackId = row.ReadUInt32();
        _header.Timestamp = row.ReadInt64();
        row.Read(_framing == NettraceFraming.Blocks ? sizeof(uint) : 2 * ActivityIdSize);
        var size = row.ReadUInt32();
        PayloadOffset = rowStart + row.Position;
        Payload = row.ReadLong(size);
        _header.PayloadSize = Payload.Length;
        if (_framing == NettraceFraming.Objects)
            _cursor.Read(Math.Min(-_cursor.Position & 3, _cursor.Rest.Length));
    }
}
