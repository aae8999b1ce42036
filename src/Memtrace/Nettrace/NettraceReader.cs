namespace Memtrace.Nettrace;

/// <summary>One event of a stream. Valid while it is visited; nothing of it is copied.</summary>
internal readonly ref struct NettraceEvent
{
    /// <summary>Its declaration.</summary>
    public required EventType Type { get; init; }

    /// <summary>What its receiver wanted to have back with it.</summary>
    public required object Subscription { get; init; }

    /// <summary>When, in ticks.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The thread that it is about, as the operating system numbers it.</summary>
    public required ulong ThreadId { get; init; }

    /// <summary>The process of that thread as format 6 declares it; 0 where the stream does not say.</summary>
    public required ulong ProcessId { get; init; }

    /// <summary>Its fields.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Return addresses, leaf first; empty where it has no stack.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }
}

/// <summary>Receives what a stream holds, the events in order of their time.</summary>
internal interface INettraceVisitor
{
    /// <summary>The stream begins. Called once, before anything else.</summary>
    void Begin(TraceObject trace);

    /// <summary>A kind of event is declared.</summary>
    /// <returns>What the receiver wants to have back with each event of this kind; null if it wants none of them.</returns>
    object? Subscribe(EventType type);

    /// <summary>An event that was subscribed to.</summary>
    void Visit(in NettraceEvent data);

    /// <summary>Events are missing here: the session dropped them.</summary>
    void Missing();
}

/// <summary>A kind of event and what its receiver wants to have back with each.</summary>
/// <param name="Type">Its declaration.</param>
/// <param name="Subscription">What the receiver wants to have back; null if it wants none of these events.</param>
internal sealed record DeclaredType(EventType Type, object? Subscription);

/// <summary>What is known of a stream when it has been read.</summary>
/// <param name="Terminated">Whether it came to its marked end; false where it is cut off or damaged.</param>
/// <param name="Damage">What is wrong with it, and where, or null.</param>
/// <param name="LostEvents">Events that the session dropped, by the gaps in the sequence numbers.</param>
/// <param name="LastTimestamp">The latest time of any event, in ticks; 0 where there is none.</param>
/// <param name="HasEvents">Whether there is any event.</param>
internal readonly record struct NettraceSummary(bool Terminated, string? Damage, long LostEvents, long LastTimestamp, bool HasEvents);

/// <summary>
/// Reads a nettrace stream of format 4, 5 or 6 from its beginning to its end. Events cost no allocation. Memory is bounded, whatever the stream holds: a
/// block, the stacks since the last sequence point, the declarations, and up to <see cref="MaxWaitingBytes"/> of events that wait for their place in time.
/// </summary>
/// <param name="source">The stream's blocks.</param>
/// <param name="visitor">Receives what is in them.</param>
internal sealed class NettraceReader(IBlockSource source, INettraceVisitor visitor)
{
    /// <summary>If more waits than this, the stream marks too few events as sorted: then all is given out as it is.</summary>
    public const long MaxWaitingBytes = 64 << 20;

    /// <summary>A runtime declares some hundred kinds of events.</summary>
    public const int MaxEventTypes = 50_000;

    /// <summary>Their names and fields, in bytes of their encoding.</summary>
    public const long MaxDeclaredBytes = 64 << 20;

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
    private bool _hasEvents;

    /// <summary>Events that the session dropped up to the present place in the stream.</summary>
    public long LostEvents => _numbers.Lost;

    /// <summary>Reads the stream. What was read before damage is given out.</summary>
    /// <exception cref="NettraceException">This is no nettrace stream of format 4 to 6, or what it says of itself is damaged.</exception>
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
        return new NettraceSummary(source.EndedCleanly && damage is null, damage, _numbers.Lost, _lastTimestamp, _hasEvents);
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
            throw new NettraceException("more kinds of events are declared than there can be");
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
        if (header.IsSorted)
        {
            VisitUpTo(header.Timestamp);
            Visit(type, header.Timestamp, header.Thread, header.StackId, missing, events.Payload);
        }
        else if (type.Subscription is not null || missing > 0)
        {
            _order.Add(header, type, missing, events.PayloadOffset);

            // Even within a block: it can have an event in each two bytes.
            if (_order.IsFull)
                Flush();
        }
    }

    /// <summary>Most events are of the kind that the last one was.</summary>
    private DeclaredType TypeOf(int metadataId)
    {
        if (_lastType is not null && _lastType.Type.MetadataId == metadataId)
            return _lastType;
        return _lastType = _types.TryGetValue(metadataId, out var type) ? type : throw new NettraceException("an event is of a kind that was never declared");
    }

    private void ReadSequencePoint(SequencePoint point)
    {
        Flush();
        var missing = 0u;
        while (point.Read())
            missing |= _numbers.Reach(point.Thread, point.SequenceNumber);
        if (missing > 0)
            visitor.Missing();
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
            visitor.Missing();
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
            visitor.Missing();
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

    /// <summary>Up to format 5 events name the thread itself.</summary>
    private ulong ThreadIdOf(ulong thread) => _framing == NettraceFraming.Blocks && _threadIds.TryGetValue(thread, out var id) ? id : thread;
}
