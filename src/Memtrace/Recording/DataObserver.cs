using System.Runtime.CompilerServices;
using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Observes the blocks of the data session as they pass: figures for the status line, lost events, and pauses of the target for heap walks.
/// Written by one thread; any thread may read the figures.
/// </summary>
/// <remarks>
/// <c>collect</c> decodes nothing else. In a live view the analysis decodes the same events, but later and on its own thread, and it may fall behind and drop
/// blocks: the pauses that end survival tracking must be noticed here.
/// </remarks>
/// <param name="framing">The stream's framing.</param>
/// <param name="trace">The stream's Trace block.</param>
internal sealed class DataObserver(NettraceFraming framing, TraceObject trace)
{
    private readonly Dictionary<int, EventKind> _kinds = [];
    private readonly SequenceNumbers _sequenceNumbers = new(fromTheBeginning: true);
    private long? _suspendedAt;
    private long? _walkedAt;
    private double _allocated;
    private StrongBox<long>? _gcHeap;
    private long _lost;
    private int _collectionsStarted;
    private double _longestWalkMs;

    /// <summary>Estimated bytes allocated.</summary>
    public double Allocated => Volatile.Read(ref _allocated);

    /// <summary>Size of the GC heap after the last collection; null before the first.</summary>
    public long? GcHeap => Volatile.Read(ref _gcHeap)?.Value;

    /// <summary>Lost events, according to gaps in the sequence numbers of their threads.</summary>
    public long LostEvents => Volatile.Read(ref _lost);

    /// <summary>Collections that have started.</summary>
    public int CollectionsStarted => Volatile.Read(ref _collectionsStarted);

    /// <summary>The longest pause for a heap walk, in ms.</summary>
    public double LongestWalkMs => Volatile.Read(ref _longestWalkMs);

    /// <summary>The latest timestamp of any event seen, in ticks.</summary>
    public long LastTimestamp { get; private set; }

    /// <summary>Observes a block.</summary>
    /// <exception cref="NettraceException">The block is damaged.</exception>
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

    // The observed fields need neither time nor thread, and do not depend on the version of the layout.
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
                ObserveTick(data);
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
        if (AllocationEvent.TryReadSampled(data, out var allocation) && allocation.IsPossible)
            Volatile.Write(ref _allocated, _allocated + AllocationSampler.BytesPerSample(allocation.ObjectSize));
    }

    private void ObserveTick(in RecordedEvent data)
    {
        if (AllocationEvent.ReadTick(data) is { IsPossible: true } allocation)
            Volatile.Write(ref _allocated, _allocated + allocation.TickAmount);
    }

    private void ObserveHeap(in RecordedEvent data)
    {
        if (HeapStatistics.TryRead(data, out var statistics) && statistics.IsPossible)
            Volatile.Write(ref _gcHeap, new StrongBox<long>(statistics.SizeBytes));
    }

    // A blocking collection pauses the target anyway: only the pauses of a background collection are made for the walk.
    private void ObserveCollection(in CollectionStart collection)
    {
        Volatile.Write(ref _collectionsStarted, _collectionsStarted + 1);
        if (collection.Kind != CollectionKind.Background)
            _suspendedAt = null;
    }

    private void ObserveRestart(long timestamp)
    {
        if (_suspendedAt is { } suspended && _walkedAt >= suspended && _walkedAt <= timestamp)
            Volatile.Write(ref _longestWalkMs, Math.Max(_longestWalkMs, trace.Between(suspended, timestamp).TotalMilliseconds));
        _suspendedAt = null;
    }

    private void ObserveSequencePoint(SequencePoint point)
    {
        while (point.Read())
            _sequenceNumbers.Reach(point.Thread, point.SequenceNumber);
        Volatile.Write(ref _lost, _sequenceNumbers.Lost);
    }
}
