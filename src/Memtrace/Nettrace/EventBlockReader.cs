using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Takes an event block or, up to format 5, a metadata block apart into its events. Only blocks with compressed headers are known: the runtime
/// writes no others (dotnet/runtime src/native/eventpipe/ep-block.c).
/// </summary>
internal ref struct EventBlockReader
{
    private const int HeaderCompression = 1;
    private readonly NettraceFraming _framing;
    private SpanCursor _cursor;
    private EventHeader _header;

    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <exception cref="InvalidDataException">The block is damaged or its headers are not compressed.</exception>
    public EventBlockReader(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        _framing = framing;
        _cursor = new SpanCursor(block);
        var headerSize = _cursor.ReadUInt16();
        var flags = _cursor.ReadUInt16();
        if ((flags & HeaderCompression) == 0)
            throw new InvalidDataException("The stream's event headers are not compressed.");
        _cursor.Read(headerSize - 4);
    }

    /// <summary>The current event's header.</summary>
    public readonly EventHeader Header => _header;

    /// <summary>The current event's payload.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>The latest time of any event in the block, in ticks: the third field of the block's header.</summary>
    public static long MaxTimestamp(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt64LittleEndian(block[12..]);

    /// <summary>Goes to the next event; false at the block's end.</summary>
    public bool Read()
    {
        if (_cursor.Rest.IsEmpty)
            return false;
        var fields = (EventHeaderFields)_cursor.ReadByte();
        if (fields.HasFlag(EventHeaderFields.MetadataId))
            _header.MetadataId = (int)_cursor.ReadVarUInt();
        ReadSequence(fields);
        if (fields.HasFlag(EventHeaderFields.Thread))
            _header.Thread = _cursor.ReadVarUInt();
        if (fields.HasFlag(EventHeaderFields.StackId))
            _header.StackId = (uint)_cursor.ReadVarUInt();
        _header.Timestamp += (long)_cursor.ReadVarUInt();
        SkipActivity(fields);
        _header.IsSorted = fields.HasFlag(EventHeaderFields.Sorted);
        if (fields.HasFlag(EventHeaderFields.PayloadSize))
            _header.PayloadSize = (int)_cursor.ReadVarUInt();
        Payload = _cursor.Read(_header.PayloadSize);
        return true;
    }

    private void ReadSequence(EventHeaderFields fields)
    {
        if (fields.HasFlag(EventHeaderFields.CaptureThreadAndSequence))
        {
            _header.SequenceNumber += (uint)_cursor.ReadVarUInt() + 1;
            _header.CaptureThread = _cursor.ReadVarUInt();
            _header.Processor = (uint)_cursor.ReadVarUInt();
        }
        else if (_header.MetadataId != 0)
        {
            _header.SequenceNumber++;
        }
    }

    private void SkipActivity(EventHeaderFields fields)
    {
        if (fields.HasFlag(EventHeaderFields.ActivityIdOrLabelList))
        {
            if (_framing == NettraceFraming.Blocks)
                _cursor.ReadVarUInt();
            else
                _cursor.Read(16);
        }

        if (_framing == NettraceFraming.Objects && fields.HasFlag(EventHeaderFields.RelatedActivityId))
            _cursor.Read(16);
    }
}
