namespace Memtrace.Nettrace;

/// <summary>
/// A sequence point: a time that separates all earlier events from all later ones, with the last sequence number of each thread (NetTraceFormat.md and
/// NetTraceFormat_v5.md, "SequencePointBlock"). Stack ids become invalid here.
/// </summary>
internal ref struct SequencePoint
{
    private const int FlushThreads = 1;
    private const int FlushMetadata = 2;

    private readonly NettraceFraming _framing;
    private readonly int _flags;
    private SpanCursor _cursor;
    private uint _remaining;

    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public SequencePoint(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        _framing = framing;
        _cursor = new SpanCursor(block);
        Timestamp = _cursor.ReadInt64();
        _flags = framing == NettraceFraming.Blocks ? _cursor.ReadInt32() : 0;
        _remaining = _cursor.ReadUInt32();
    }

    /// <summary>Its time, in ticks.</summary>
    public long Timestamp { get; }

    /// <summary>Whether thread declarations become invalid too.</summary>
    public readonly bool EndsThreads => (_flags & FlushThreads) != 0;

    /// <summary>Whether event declarations become invalid too.</summary>
    public readonly bool EndsMetadata => (_flags & FlushMetadata) != 0;

    /// <summary>The current thread, and the sequence number of its last event at this time.</summary>
    public ulong Thread { get; private set; }

    /// <inheritdoc cref="Thread"/>
    public uint SequenceNumber { get; private set; }

    /// <summary>Advances to the next thread; false after the last one.</summary>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public bool Read()
    {
        if (_remaining == 0)
            return false;
        _remaining--;
        Thread = _framing == NettraceFraming.Blocks ? _cursor.ReadVarUInt() : (ulong)_cursor.ReadInt64();
        SequenceNumber = _framing == NettraceFraming.Blocks ? _cursor.ReadVarUInt32() : _cursor.ReadUInt32();
        return true;
    }

    /// <summary>The payload of a sequence point without threads: it only invalidates earlier stack ids.</summary>
    /// <param name="framing">The framing.</param>
    /// <param name="timestamp">Its time, in ticks.</param>
    public static byte[] Write(NettraceFraming framing, long timestamp)
    {
        var point = new PayloadWriter().Int64(timestamp);
        if (framing == NettraceFraming.Blocks)
            point.Int32(0);
        return point.Int32(0).Written.ToArray();
    }

    /// <summary>The payload of the same point for renumbered threads; it keeps declarations valid.</summary>
    /// <param name="renumber">Maps a thread and a sequence number to their new values.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public byte[] Renumber(Func<ulong, uint, (ulong Thread, uint SequenceNumber)> renumber)
    {
        var renumbered = new PayloadWriter().Int64(Timestamp);
        if (_framing == NettraceFraming.Blocks)
            renumbered.Int32(_flags & ~(FlushThreads | FlushMetadata));
        renumbered.Int32((int)_remaining);
        while (Read())
        {
            var (thread, number) = renumber(Thread, SequenceNumber);
            if (_framing == NettraceFraming.Blocks)
                renumbered.VarUInt(thread).VarUInt(number);
            else
                renumbered.Int64((long)thread).Int32((int)number);
        }

        return renumbered.Written.ToArray();
    }
}
