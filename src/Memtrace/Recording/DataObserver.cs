using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Looks at the data session's blocks as they pass: figures for the status line, lost events, and stops of the target for a walk of its heap.
/// Written by one thread; the figures may be read by any.
/// </summary>
internal sealed class DataObserver(NettraceFraming framing, TraceObject trace)
{
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
            if (_kinds.TryGetValue(header.MetadataId, out var kind) && kind.Provider == Providers.Runtime)
                ObserveEvent(kind.EventId, header.Timestamp, Recorded(events.Payload));
        }

        Volatile.Write(ref _lost, _sequenceNumbers.Lost);
    }

    // What is observed needs neither a time nor a thread, and no field that depends on the layout's version.
    private RecordedEvent Recorded(ReadOnlySpan<byte> payload) =>
        new() { Seconds = 0, ThreadId = 0, Version = 0, PointerSize = trace.PointerSize, Bytes = payload, Stack = default };

    private void ObserveEvent(int eventId, long timestamp, in RecordedEvent data)
    {
        switch (eventId)
        {
            case AllocationEvent.SampledId:
                ObserveSampled(data);
                break;
            case AllocationEvent.TickId:
                Volatile.Write(ref _allocated, _allocated + AllocationEvent.ReadTick(data).TickAmount);
                break;
            case HeapStatistics.Id:
                ObserveHeap(data);
                break;
            case SuspensionBegin.Id:
                _suspendedAt = timestamp;
                break;
            case CollectionStart.Id:
                ObserveCollection(CollectionStart.Read(data));
                break;
            case SurvivingRanges.Id or MovedRanges.Id:
                _walkedAt = timestamp;
                break;
            case Restart.EndId:
                ObserveRestart(timestamp);
                break;
        }
    }

    private void ObserveSampled(in RecordedEvent data)
    {
        if (AllocationEvent.TryReadSampled(data, out var allocation))
            Volatile.Write(ref _allocated, _allocated + AllocationSampler.BytesPerSample(allocation.ObjectSize));
    }

    private void ObserveHeap(in RecordedEvent data)
    {
        if (HeapStatistics.TryRead(data, out var statistics))
            Volatile.Write(ref _gcHeap, statistics.SizeBytes);
    }

    // A blocking collection pauses the target in any case: only the pauses of a background collection are made for the walk.
    private void ObserveCollection(in CollectionStart collection)
    {
        if (collection.Kind != CollectionKind.Background)
            _suspendedAt = 0;
    }

    private void ObserveRestart(long timestamp)
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
