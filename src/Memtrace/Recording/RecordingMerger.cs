using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Merges the sessions and the recorder's own samples into one file, ordered by time. The data session's blocks pass through as they are;
/// everything else waits in a queue and is written in blocks of its own at its place. Safe for use by several threads.
/// </summary>
/// <remarks>
/// A reader may rely on this: before an event block all queued events up to the block's latest time are written, before a sequence point only
/// those before it. They are not marked as sorted, so a reader puts them between the block's events by itself.
/// </remarks>
internal sealed class RecordingMerger : IDisposable
{
    /// <summary>The thread under which the events of the recorder stand. No operating system gives a thread this id.</summary>
    public const int PseudoThread = 0x7FFF0001;
    private const int MaximumBlockSize = 64 * 1024;

    /// <summary>More than what the framing adds to a block, with the end mark, in bytes.</summary>
    private const int FramingSize = 64;

    /// <summary>Room that is kept for the last event of a file whose size is limited, in bytes.</summary>
    private const int EndSize = 4096;

    private readonly Lock _lock = new();
    private readonly IBlockSink _file;
    private readonly NettraceFraming _framing;
    private readonly PriorityQueue<SymbolEvent, (long Timestamp, long Order)> _queue = new();
    private readonly EventBlockWriter _block = new();
    private long _limit;
    private bool _isFull;
    private uint _sequenceNumber;
    private uint _writtenSequenceNumber;
    private long _order;
    private long _writtenUpTo;
    private IOException? _failure;

    /// <summary>Begins the file's content behind the trace block.</summary>
    /// <param name="file">The file, or what stands for one; it is closed with this object.</param>
    /// <param name="framing">The framing of the data session.</param>
    /// <param name="processId">The target's process id.</param>
    /// <param name="maxSize">What the file's size may never exceed, in bytes.</param>
    public RecordingMerger(IBlockSink file, NettraceFraming framing, int processId, long maxSize = long.MaxValue)
    {
        (_file, _framing, _limit) = (file, framing, maxSize - EndSize);
        if (framing == NettraceFraming.Blocks)
            WriteBlock(BlockKind.Thread, DeclareThread(processId));
        WriteBlock(BlockKind.Metadata, RecorderEvents.Declare(framing));
    }

    /// <summary>The declaration of <see cref="PseudoThread"/>, which format 6 needs.</summary>
    public static byte[] DeclareThread(int processId) => ThreadDeclarations.Declare(PseudoThread, processId, Providers.Recorder);

    /// <summary>The file's size, in bytes.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
                return _file.Length;
        }
    }

    /// <summary>
    /// What the file may still grow by, in bytes, without the room for <see cref="End"/>; 0 from the moment on in which something did not fit any
    /// more: nothing behind it is written then, for a reader would take the gap for lost events.
    /// </summary>
    public long Room
    {
        get
        {
            lock (_lock)
                return _isFull ? 0 : Math.Max(0, _limit - _file.Length);
        }
    }

    /// <summary>Why nothing more can be written, or null: the file is whole up to there.</summary>
    public IOException? Failure
    {
        get
        {
            lock (_lock)
                return _failure;
        }
    }

    /// <summary>Passes a block of the data session on, behind what is queued for a time before it.</summary>
    public void AddData(in NettraceBlock block)
    {
        lock (_lock)
        {
            if (block.Kind == BlockKind.Event)
                WriteQueued(EventBlockReader.MaxTimestamp(block.Payload.Span));
            else if (block.Kind == BlockKind.SequencePoint)
                WriteQueued(new SequencePoint(_framing, block.Payload.Span).Timestamp - 1);
            WriteBlock(block.Kind, block.Payload.Span);
        }
    }

    /// <summary>Writes declarations of kinds of events or of threads; they must come before the first event that needs them is queued.</summary>
    public void Declare(in NettraceBlock block)
    {
        lock (_lock)
            WriteBlock(block.Kind, block.Payload.Span);
    }

    /// <summary>Queues an event of a session for its place in time.</summary>
    public void Queue(in SymbolEvent e)
    {
        lock (_lock)
            _queue.Enqueue(e, (e.Timestamp, _order++));
    }

    /// <summary>Queues an event of the recorder's own for its place in time.</summary>
    public void Queue(RecorderEvent kind, long timestamp, byte[] payload) =>
        Queue(new SymbolEvent(RecorderEvents.MetadataId(kind), PseudoThread, timestamp, payload));

    /// <summary>Writes all that is queued up to a time, for a data session that is idle.</summary>
    /// <param name="timestamp">In ticks of the events' clock.</param>
    public void WriteUpTo(long timestamp)
    {
        lock (_lock)
            WriteQueued(timestamp);
    }

    /// <summary>Writes the last event, for which there is always room, behind all that is queued.</summary>
    public void End(long timestamp, byte[] payload)
    {
        lock (_lock)
        {
            WriteQueued(long.MaxValue);
            (_isFull, _limit, _sequenceNumber) = (false, long.MaxValue, _writtenSequenceNumber);
            Queue(RecorderEvent.End, timestamp, payload);
            WriteQueued(long.MaxValue);
        }
    }

    /// <summary>Makes the operating system write the file to the disk. That it cannot is a <see cref="Failure"/>.</summary>
    public void Sync()
    {
        try
        {
            _file.Sync();
        }
        catch (IOException exception)
        {
            lock (_lock)
                _failure ??= exception;
        }
    }

    public void Dispose() => _file.Dispose();

    private void WriteQueued(long timestamp)
    {
        while (_queue.TryPeek(out var next, out _) && next.Timestamp <= timestamp)
        {
            _queue.Dequeue();

            // A symbol session can lag behind the data session. A late event takes the time of the last one written: its order among symbols stays,
            // and no reader sees time go backwards.
            _writtenUpTo = Math.Max(_writtenUpTo, next.Timestamp);
            var header = new EventHeader
            {
                MetadataId = next.MetadataId,
                SequenceNumber = ++_sequenceNumber,
                CaptureThread = PseudoThread,
                Thread = next.Thread,
                Timestamp = _writtenUpTo,
            };
            _block.Add(header, next.Payload);
            if (_block.Size >= MaximumBlockSize)
                WriteSampleBlock();
        }

        if (!_block.IsEmpty)
            WriteSampleBlock();
        if (timestamp != long.MaxValue)
            _writtenUpTo = Math.Max(_writtenUpTo, timestamp);
    }

    private void WriteSampleBlock()
    {
        WriteBlock(BlockKind.Event, _block.Complete());
        if (!_isFull)
            _writtenSequenceNumber = _sequenceNumber;
    }

    private void WriteBlock(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        _isFull |= _file.Length + payload.Length + FramingSize > _limit;
        if (_failure is not null || _isFull)
            return;
        try
        {
            _file.Write(kind, payload);
        }
        catch (IOException exception)
        {
            _failure = exception;
        }
    }
}
