using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Merges the sessions and the recorder's own samples into one file, ordered by time. Blocks of the data session pass through unchanged; all other events
/// are queued and written at their place in their own blocks. Thread-safe.
/// </summary>
/// <remarks>
/// Readers rely on this: before an event block, all queued events up to its latest timestamp are written; before a sequence point, only those before it.
/// They are not marked as sorted, so a reader sorts them in between the events of the block.
/// </remarks>
internal sealed class RecordingMerger : IDisposable
{
    /// <summary>The thread id of the recorder's events. No operating system assigns it.</summary>
    public const int PseudoThread = 0x7FFF0001;
    private const int MaximumBlockSize = 64 * 1024;

    /// <summary>An upper bound for the framing of a block plus the end mark, in bytes.</summary>
    private const int FramingSize = 64;

    /// <summary>Space reserved for the last event if the file size is limited, in bytes.</summary>
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

    /// <summary>Starts the content after the Trace block.</summary>
    /// <param name="file">The destination; closed with this object.</param>
    /// <param name="framing">The framing of the data session.</param>
    /// <param name="processId">The target's process id.</param>
    /// <param name="maxSize">The size that the file must never exceed, in bytes.</param>
    public RecordingMerger(IBlockSink file, NettraceFraming framing, int processId, long maxSize = long.MaxValue)
    {
        (_file, _framing, _limit) = (file, framing, maxSize - EndSize);
        if (framing == NettraceFraming.Blocks)
            WriteBlock(BlockKind.Thread, DeclareThread(processId));
        WriteBlock(BlockKind.Metadata, RecorderEvents.Declare(framing));
    }

    /// <summary>The declaration of <see cref="PseudoThread"/>, which format 6 needs.</summary>
    public static byte[] DeclareThread(int processId) => ThreadDeclarations.Declare(PseudoThread, processId, Providers.Recorder);

    /// <summary>Size of the file, in bytes.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
                return _file.Length;
        }
    }

    /// <summary>
    /// How much the file may still grow, in bytes, without the reserve for <see cref="End"/>. It becomes 0 as soon as something does not fit: nothing later is
    /// written then, because a reader would count the gap as lost events.
    /// </summary>
    public long Room
    {
        get
        {
            lock (_lock)
                return _isFull ? 0 : Math.Max(0, _limit - _file.Length);
        }
    }

    /// <summary>Why nothing more can be written, or null. The file is valid up to there.</summary>
    public IOException? Failure
    {
        get
        {
            lock (_lock)
                return _failure;
        }
    }

    /// <summary>Passes on a block of the data session, after the events queued for an earlier time.</summary>
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

    /// <summary>Writes declarations of event types or threads, before the first event that needs them is queued.</summary>
    public void Declare(in NettraceBlock block)
    {
        lock (_lock)
            WriteBlock(block.Kind, block.Payload.Span);
    }

    /// <summary>Queues an event of another session.</summary>
    public void Queue(in SymbolEvent e)
    {
        lock (_lock)
            _queue.Enqueue(e, (e.Timestamp, _order++));
    }

    /// <summary>Queues an event of the recorder.</summary>
    public void Queue(RecorderEvent kind, long timestamp, byte[] payload) =>
        Queue(new SymbolEvent(RecorderEvents.MetadataId(kind), PseudoThread, timestamp, payload));

    /// <summary>Writes the events queued up to a time, for when the data session is idle.</summary>
    /// <param name="timestamp">In ticks of the event clock.</param>
    public void WriteUpTo(long timestamp)
    {
        lock (_lock)
            WriteQueued(timestamp);
    }

    /// <summary>Writes all queued events and then the last event, for which there is always space.</summary>
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

    /// <summary>Flushes the file to the disk. An error becomes a <see cref="Failure"/>.</summary>
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

            // The symbol session can lag behind the data session. A late event gets the time of the last one written: the order among symbols is
            // kept, and time never goes backwards.
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
