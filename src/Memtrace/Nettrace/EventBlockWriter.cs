using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>Builds event blocks with compressed headers, one after the other. Not thread-safe.</summary>
internal sealed class EventBlockWriter
{
    /// <summary>Two bytes of size, two of flags, the earliest and the latest timestamp.</summary>
    private const int BlockHeaderSize = 20;
    private const ushort HeaderCompression = 1;

    private readonly PayloadWriter _events = new();
    private EventHeader _previous;
    private long _minTimestamp = long.MaxValue;
    private long _maxTimestamp = long.MinValue;

    /// <summary>Whether the current block has no events yet.</summary>
    public bool IsEmpty => _events.Written.IsEmpty;

    /// <summary>Size of the events so far, in bytes.</summary>
    public int Size => _events.Written.Length;

    /// <summary>Adds an event. Timestamps should not decrease within a block: a step back is valid, but takes ten bytes.</summary>
    public void Add(in EventHeader header, ReadOnlySpan<byte> payload)
    {
        _events.Byte((byte)FieldsOf(header, payload.Length));
        if (header.MetadataId != _previous.MetadataId)
            _events.VarUInt((uint)header.MetadataId);
        if (StartsSequence(header))
            _events.VarUInt(header.SequenceNumber - _previous.SequenceNumber - 1).VarUInt(header.CaptureThread).VarUInt(header.Processor);
        if (header.Thread != _previous.Thread)
            _events.VarUInt(header.Thread);
        if (header.StackId != _previous.StackId)
            _events.VarUInt(header.StackId);
        _events.VarUInt((ulong)(header.Timestamp - _previous.Timestamp));
        if (payload.Length != _previous.PayloadSize)
            _events.VarUInt((uint)payload.Length);
        _events.Bytes(payload);
        _previous = header;
        _previous.PayloadSize = payload.Length;
        _minTimestamp = Math.Min(_minTimestamp, header.Timestamp);
        _maxTimestamp = Math.Max(_maxTimestamp, header.Timestamp);
    }

    /// <summary>Returns the payload of the block and starts a new one.</summary>
    public byte[] Complete()
    {
        var block = new byte[BlockHeaderSize + _events.Written.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(block, BlockHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(2), HeaderCompression);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(4), _minTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(12), _maxTimestamp);
        _events.Written.CopyTo(block.AsSpan(BlockHeaderSize));
        _events.Clear();
        (_previous, _minTimestamp, _maxTimestamp) = (default, long.MaxValue, long.MinValue);
        return block;
    }

    private EventHeaderFields FieldsOf(in EventHeader header, int payloadSize)
    {
        var fields = header.IsSorted ? EventHeaderFields.Sorted : EventHeaderFields.None;
        if (header.MetadataId != _previous.MetadataId)
            fields |= EventHeaderFields.MetadataId;
        if (StartsSequence(header))
            fields |= EventHeaderFields.CaptureThreadAndSequence;
        if (header.Thread != _previous.Thread)
            fields |= EventHeaderFields.Thread;
        if (header.StackId != _previous.StackId)
            fields |= EventHeaderFields.StackId;
        if (payloadSize != _previous.PayloadSize)
            fields |= EventHeaderFields.PayloadSize;
        return fields;
    }

    // Without this field a reader adds one to the previous sequence number, unless the event is metadata, which has none.
    private bool StartsSequence(in EventHeader header) =>
        header.MetadataId != 0
        && (header.SequenceNumber != _previous.SequenceNumber + 1
            || header.CaptureThread != _previous.CaptureThread
            || header.Processor != _previous.Processor
            || IsEmpty);
}
