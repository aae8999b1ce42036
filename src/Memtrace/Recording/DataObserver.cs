using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Looks at the data session's blocks as they pass: figures for the status line, lost events, and stops of the target for a walk of its heap.
/// Event layouts: dotnet/runtime src/coreclr/vm/ClrEtwAll.man. Written by one thread; the figures may be read by any.
/// </summary>
internal sealed class DataObserver(NettraceFraming framing, TraceObject trace)
{
    private const int CollectionStart = 1;
    private const int RestartEnd = 3;
    private const int HeapStats = 4;
    private const int SuspendBegin = 9;
    private const int AllocationTick = 10;
    private const int SurvivingRanges = 21;
    private const int MovedRanges = 22;
    private const int AllocationSampled = 303;
    private const int BackgroundCollection = 1;
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    private readonly Dictionary<int, EventKind> _kinds = [];
    private readonly SequenceNumbers _sequenceNumbers = new(fromTheBeginning: true);
    private long _suspendedAt;
    private long _walkedAt;
    private double _allocated;
    private long _gcHeap = -1;
    private long _lost;
    private double _longestWalkMs;

    /// <summary>Estimated bytes allocated.</summary>
    public double Allocated => Volatile.Read(ref _allocated);

    /// <summary>Size of the GC heap after the last collection, or -1.</summary>
    public long GcHeap => Volatile.Read(ref _gcHeap);

    /// <summary>Events that never came, by the gaps in their threads' sequence numbers.</summary>
    public long LostEvents => Volatile.Read(ref _lost);

    /// <summary>The longest stop for a walk of the heap, in ms.</summary>
    public double LongestWalkMs => Volatile.Read(ref _longestWalkMs);

    /// <summary>The latest time of any event seen, in ticks.</summary>
    public long LastTimestamp { get; private set; }

    public void Observe(in NettraceBlock block)
    {
        if (block.Kind == BlockKind.Metadata)
            EventMetadata.Read(framing, block.Payload.Span, type => _kinds[type.MetadataId] = type.Kind);
        else if (block.Kind == BlockKind.Event)
            ObserveEvents(block.Payload.Span);
        else if (block.Kind == BlockKind.SequencePoint)
            ObserveSequencePoint(new SequencePoint(framing, block.Payload.Span));
    }

    private void ObserveEvents(ReadOnlySpan<byte> block)
    {
        var events = new EventBlockReader(framing, block);
        while (events.Read())
        {
            var header = events.Header;
            _sequenceNumbers.Count(header.CaptureThread, header.SequenceNumber);
            LastTimestamp = Math.Max(LastTimestamp, header.Timestamp);
            if (_kinds.TryGetValue(header.MetadataId, out var kind) && kind.Provider == RuntimeProvider)
                ObserveEvent(kind.EventId, header.Timestamp, new SpanCursor(events.Payload));
        }

        Volatile.Write(ref _lost, _sequenceNumbers.Lost);
    }

    private void ObserveEvent(int eventId, long timestamp, SpanCursor payload)
    {
        switch (eventId)
        {
            case AllocationSampled:
                ReadSampled(payload);
                break;
            case AllocationTick:
                ReadTick(payload);
                break;
            case HeapStats:
                ReadHeapStats(payload);
                break;
            case SuspendBegin:
                _suspendedAt = timestamp;
                break;
            case CollectionStart:
                ReadCollectionStart(payload);
                break;
            case SurvivingRanges or MovedRanges:
                _walkedAt = timestamp;
                break;
            case RestartEnd:
                ReadRestart(timestamp);
                break;
        }
    }

    // Kind, clr id, type, type name, address, size.
    private void ReadSampled(SpanCursor payload)
    {
        payload.Read(4 + 2 + trace.PointerSize);
        payload.ReadNullTerminatedUtf16();
        payload.Read(trace.PointerSize);
        Volatile.Write(ref _allocated, _allocated + AllocationSampler.BytesPerSample(payload.ReadInt64()));
    }

    // Amount of 32 bits, kind, clr id, amount of 64 bits.
    private void ReadTick(SpanCursor payload)
    {
        payload.Read(4 + 4 + 2);
        Volatile.Write(ref _allocated, _allocated + payload.ReadInt64());
    }

    // Size and promoted bytes of generations 0 to 2 and of the large object heap, two counts of 64 and three of 32 bits, clr id;
    // version 2 adds the same pair for the pinned object heap.
    private void ReadHeapStats(SpanCursor payload)
    {
        long heap = 0;
        for (var generation = 0; generation < 4; generation++)
        {
            heap += payload.ReadInt64();
            payload.Read(8);
        }

        payload.Read(8 + 8 + 4 + 4 + 4 + 2);
        if (payload.Rest.Length >= 8)
            heap += payload.ReadInt64();
        Volatile.Write(ref _gcHeap, heap);
    }

    // Number, generation, reason, type. A collection that stops the target as a whole does so in any case: only a background collection makes a
    // stop for the walk.
    private void ReadCollectionStart(SpanCursor payload)
    {
        payload.Read(4 + 4 + 4);
        if (payload.ReadInt32() != BackgroundCollection)
            _suspendedAt = 0;
    }

    private void ReadRestart(long timestamp)
    {
        if (_suspendedAt != 0 && _walkedAt >= _suspendedAt && _walkedAt <= timestamp)
            Volatile.Write(ref _longestWalkMs, Math.Max(_longestWalkMs, (timestamp - _suspendedAt) * 1000.0 / trace.TicksPerSecond));
        _suspendedAt = 0;
    }

    private void ObserveSequencePoint(SequencePoint point)
    {
        while (point.Read())
            _sequenceNumbers.Reach(point.Thread, point.SequenceNumber);
        Volatile.Write(ref _lost, _sequenceNumbers.Lost);
    }
}
