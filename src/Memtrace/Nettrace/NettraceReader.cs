namespace Memtrace.Nettrace;

/// <summary>An event of a stream. Not a copy: valid only during the visit.</summary>
internal readonly ref struct NettraceEvent
{
    /// <summary>Its declaration.</summary>
    public required EventType Type { get; init; }

    /// <summary>What the visitor returned when it subscribed.</summary>
    public required object Subscription { get; init; }

    /// <summary>Its time, in ticks.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The operating system's id of its thread.</summary>
    public required ulong ThreadId { get; init; }

    /// <summary>The process of that thread as format 6 declares it; 0 if the stream does not say.</summary>
    public required ulong ProcessId { get; init; }

    /// <summary>Its payload.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Return addresses, leaf first; empty without a stack.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }
}

/// <summary>Receives the content of a stream, events in time order.</summary>
internal interface INettraceVisitor
{
    /// <summary>Called once, before anything else.</summary>
    void Begin(TraceObject trace);

    /// <summary>Called for each event type that the stream declares.</summary>
    /// <returns>An object to be passed back with each event of this type; null to skip them.</returns>
    object? Subscribe(EventType type);

    /// <summary>Called for each event that was subscribed to.</summary>
    void Visit(in NettraceEvent data);

    /// <summary>Called where the session dropped events.</summary>
    /// <param name="thread">The thread whose events they were.</param>
    void Missing(ulong thread);
}

/// <summary>An event type and its subscription.</summary>
/// <param name="Type">Its declaration.</param>
/// <param name="Subscription">What the visitor returned; null if it skips these events.</param>
internal sealed record DeclaredType(EventType Type, object? Subscription);

/// <summary>The result of reading a stream.</summary>
/// <param name="Terminated">Whether it ended with an end mark; false if it is truncated or damaged.</param>
/// <param name="Damage">What is wrong with it, and where; null if nothing is.</param>
/// <param name="LostEvents">Events that the session dropped, according to gaps in the sequence numbers.</param>
/// <param name="LastTimestamp">The latest timestamp of any event, in ticks; 0 without events.</param>
/// <param name="HasEvents">Whether there are any events.</param>
/// <param name="DroppedStacks">Stacks dropped because there were too many between two sequence points.</param>
/// <param name="BufferedBytes">The most that the events can have taken in the buffer of the session.</param>
internal readonly record struct NettraceSummary(bool Terminated, string? Damage, long LostEvents, long LastTimestamp, bool HasEvents, long DroppedStacks, long BufferedBytes);

/// <summary>
/// Reads a nettrace stream of format 4, 5 or 6 from start to end without allocating per event. Memory is bounded, whatever the stream holds: one
/// block, the stacks since the last sequence point, the declarations, and up to <see cref="MaxWaitingBytes"/> of pending events.
/// </summary>
/// <param name="source">The stream's blocks.</param>
/// <param name="visitor">Receives the content.</param>
internal sealed class NettraceReader(IBlockSource source, INettraceVisitor visitor)
{
    /// <summary>The limit for pending events. A stream that marks too few events as sorted exceeds it; then all pending events are delivered as they are.</summary>
    public const long MaxWaitingBytes = 64 << 20;

    /// <summary>A runtime declares a few hundred event types.</summary>
    public const int MaxEventTypes = 50_000;

    /// <summary>The limit for the encoded names and fields of all declarations.</summary>
    public const long MaxDeclaredBytes = 64 << 20;

    /// <summary>What an event takes in a runtime's buffer beside its payload: a header, and a stack of 100 frames (dotnet/runtime, src/native/eventpipe/ep-event-instance.h).</summary>
    private const int BufferedEventOverhead = 1024;

    /// <summary>The largest buffer of a thread, which may be nearly empty (ep-buffer-manager.c).</summary>
    private const long MaxThreadBuffer = 1 << 20;

    private Dictionary<int, DeclaredType> _types = [];
    private readonly Dictionary<ulong, ulong> _threadIds = [];
    private readonly Dictionary<ulong, ulong> _processIds = [];
    private readonly StackCache _stacks = new();
    private readonly EventOrder _order = new();
    private SequenceNumbers _numbers = new(fromTheBeginning: false);
    private NettraceFraming _framing;
    private int _pointerSize;
    private long _lastTimestamp;
    private DeclaredType? _lastType;
    private long _declaredBytes;
    private long _eventBytes;
    private int _threads;
    private bool _hasEvents;

    /// <summary>Events that the session dropped up to the current position in the stream.</summary>
    public long LostEvents => _numbers.Lost;

    /// <summary>Stacks dropped up to the current position, because there were too many between two sequence points.</summary>
    public long DroppedStacks => _stacks.Dropped;

    /// <summary>
    /// The most that the events up to the current position can have taken in the buffer of the session: if its buffer is larger, no event was dropped because it
    /// was full.
    /// </summary>
    public long BufferedBytes => _eventBytes + _threads * MaxThreadBuffer;

    /// <summary>Reads the stream. Everything before the first damage is delivered.</summary>
    /// <exception cref="NettraceException">This is not a nettrace stream of format 4 to 6, or its trace header is damaged.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before its first block.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public NettraceSummary Read(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _framing = source.ReadHeader();
        _numbers = new SequenceNumbers(fromTheBeginning: _framing == NettraceFraming.Blocks);
        ReadTrace();
        cancellation.ThrowIfCancellationRequested();
        var damage = ReadBlocks(cancellation);
        Flush();
        return new NettraceSummary(source.EndedCleanly && damage is null, damage, _numbers.Lost, _lastTimestamp, _hasEvents, _stacks.Dropped, BufferedBytes);
    }

    private void ReadTrace()
    {
        if (source.ReadBlock() is not { } block)
            throw new EndOfStreamException("the stream ends before its first block");
        if (block.Kind != BlockKind.Trace)
            throw new NettraceException("the stream has no trace header");
        var trace = TraceObject.Parse(_framing, block.Payload.Span);
        _pointerSize = trace.PointerSize;
        visitor.Begin(trace);
    }

    private string? ReadBlocks(CancellationToken cancellation)
    {
        var position = source.Position;
        try
        {
            for (; source.ReadBlock() is { } block; position = source.Position)
            {
                Read(block);
                cancellation.ThrowIfCancellationRequested();
            }

            return null;
        }
        catch (NettraceException e)
        {
            return $"{e.Message} (in the block at byte {position})";
        }
    }

    private void Read(in NettraceBlock block)
    {
        var payload = block.Payload.Span;
        switch (block.Kind)
        {
            case BlockKind.Event:
                ReadEvents(block.Payload);
                break;
            case BlockKind.Metadata:
                EventMetadata.Read(_framing, payload, Declare);
                break;
            case BlockKind.Stack:
                _stacks.Add(payload, _pointerSize);
                break;
            case BlockKind.SequencePoint:
                ReadSequencePoint(new SequencePoint(_framing, payload));
                break;
            case BlockKind.Thread:
                ThreadDeclarations.Read(payload, Declare);
                break;
            case BlockKind.RemoveThread:
                ThreadDeclarations.ReadRemoved(payload, Remove);
                break;
        }
    }

    private void Declare(EventType type)
    {
        _declaredBytes += type.Size;
        if (_types.Count >= MaxEventTypes || _declaredBytes > MaxDeclaredBytes)
            throw new NettraceException("the stream declares too many event types");
        _types[type.MetadataId] = new DeclaredType(type, visitor.Subscribe(type));
        _lastType = null;
    }

    private void Declare(ThreadDeclaration thread)
    {
        if (_threadIds.Count >= SequenceNumbers.MaxThreads)
            ForgetThreads();
        _threadIds[thread.Index] = thread.ThreadId;
        _processIds[thread.Index] = thread.ProcessId;
    }

    private void ReadEvents(ReadOnlyMemory<byte> block)
    {
        _order.Begin(block);
        try
        {
            var events = new EventBlockReader(_framing, block.Span);
            while (events.Read())
                Read(ref events);
        }
        finally
        {
            _order.End();
        }

        if (_order.IsFull)
            Flush();
    }

    private void Read(ref EventBlockReader events)
    {
        var header = events.Header;
        var type = TypeOf(header.MetadataId);
        var missing = _numbers.Count(header.CaptureThread, header.SequenceNumber);
        _lastTimestamp = Math.Max(_lastTimestamp, header.Timestamp);
        _hasEvents = true;
        _eventBytes += BufferedEventOverhead + events.Payload.Length;
        _threads = Math.Max(_threads, _numbers.Threads);
        if (header.IsSorted)
        {
            VisitUpTo(header.Timestamp);
            Visit(type, header.Timestamp, header.Thread, header.StackId, missing, events.Payload);
        }
        else if (type.Subscription is not null || missing > 0)
        {
            _order.Add(header, type, missing, events.PayloadOffset);

            // Checked for each event: a block can hold an event every two bytes.
            if (_order.IsFull)
                Flush();
        }
    }

    /// <summary>Most events are of the same type as the one before.</summary>
    private DeclaredType TypeOf(int metadataId)
    {
        if (_lastType is not null && _lastType.Type.MetadataId == metadataId)
            return _lastType;
        return _lastType = _types.TryGetValue(metadataId, out var type) ? type : throw new NettraceException("an event has an undeclared type");
    }

    private void ReadSequencePoint(SequencePoint point)
    {
        Flush();
        while (point.Read())
        {
            if (_numbers.Reach(point.Thread, point.SequenceNumber) > 0)
                visitor.Missing(ThreadIdOf(point.Thread));
        }

        _stacks.Clear();
        if (point.EndsThreads)
            ForgetThreads();
        if (point.EndsMetadata)
            ForgetTypes();
    }

    private void ForgetTypes()
    {
        (_types, _declaredBytes) = ([], 0);
        _lastType = null;
    }

    private void Remove(ulong thread, uint sequenceNumber)
    {
        if (_numbers.Reach(thread, sequenceNumber) > 0)
            visitor.Missing(ThreadIdOf(thread));
        _numbers.Remove(thread);
        _threadIds.Remove(thread);
        _processIds.Remove(thread);
    }

    private void ForgetThreads()
    {
        _threadIds.Clear();
        _processIds.Clear();
    }

    private void Flush()
    {
        VisitUpTo(long.MaxValue);
        _order.Trim();
    }

    private void VisitUpTo(long timestamp)
    {
        while (_order.Take(timestamp))
        {
            ref readonly var next = ref _order.Current;
            Visit(next.Type, next.Timestamp, next.Thread, next.StackId, next.Missing, next.Payload);
        }
    }

    private void Visit(DeclaredType type, long timestamp, ulong thread, uint stackId, uint missing, ReadOnlySpan<byte> payload)
    {
        if (missing > 0)
            visitor.Missing(ThreadIdOf(thread));
        if (type.Subscription is not { } subscription)
            return;
        visitor.Visit(new NettraceEvent
        {
            Type = type.Type,
            Subscription = subscription,
            Timestamp = timestamp,
            ThreadId = ThreadIdOf(thread),
            ProcessId = _framing == NettraceFraming.Blocks ? _processIds.GetValueOrDefault(thread) : 0,
            Payload = payload,
            Stack = _stacks[stackId],
        });
    }

    /// <summary>Up to format 5 events hold the thread id itself.</summary>
    private ulong ThreadIdOf(ulong thread) => _framing == NettraceFraming.Blocks && _threadIds.TryGetValue(thread, out var id) ? id : thread;
}
