using System.Buffers;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// Puts the events of all threads into the order of their time. Each thread's own events come in order; an event marked as sorted, or a sequence point, says
/// up to which time nothing more will come (NetTraceFormat.md, "Event TimeStamp sorting").
/// </summary>
/// <remarks>Events that wait are copied out of their block, which is read over: memory is theirs, and <see cref="IsFull"/> lets the reader bound it.</remarks>
internal sealed class EventOrder
{
    private const int MostIdleThreads = 1024;

    /// <summary>More threads than this do not wait at once: each has a queue of its own, of some hundred bytes.</summary>
    private const int MostThreads = 50_000;

    /// <summary>What an event takes while it waits, without its payload: about the size of <see cref="WaitingEvent"/>, in bytes.</summary>
    private const int EventSize = 128;

    private readonly Dictionary<ulong, Queue<WaitingEvent>> _threads = [];
    private readonly PriorityQueue<Queue<WaitingEvent>, long> _waiting = new();
    private ulong _lastThread;
    private Queue<WaitingEvent>? _last;
    private KeptBlock? _current;

    /// <summary>The memory that is taken by what waits, in bytes.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Whether more waits than may.</summary>
    public bool IsFull => WaitingBytes > NettraceReader.MostWaitingBytes || _threads.Count > MostThreads;

    /// <summary>An event that waits for its place in time.</summary>
    public struct WaitingEvent
    {
        public EventHeader Header;
        public object? Subscription;
        public EventType Type;
        public uint Missing;
        public KeptBlock Block;
        public int Offset;

        /// <summary>Its payload.</summary>
        public readonly ReadOnlySpan<byte> Payload => Block.Bytes.Span.Slice(Offset, Header.PayloadSize);
    }

    /// <summary>A block of which events wait; while it is being read it is the reader's, afterwards a copy.</summary>
    public sealed class KeptBlock
    {
        /// <summary>Its payload.</summary>
        public ReadOnlyMemory<byte> Bytes { get; set; }

        /// <summary>How many of its events wait.</summary>
        public int Waiting { get; set; }

        /// <summary>The rented copy, once there is one.</summary>
        public byte[]? Copy { get; set; }
    }

    /// <summary>A block begins, of which events may have to wait.</summary>
    public void Begin(ReadOnlyMemory<byte> block)
    {
        _current ??= new KeptBlock();
        _current.Bytes = block;
    }

    /// <summary>Adds an event of the current block.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="type">Its declaration.</param>
    /// <param name="subscription">What its receiver wants to have back.</param>
    /// <param name="missing">How many events of its thread are missing before it.</param>
    /// <param name="offset">Where its payload begins in the block.</param>
    public void Add(in EventHeader header, EventType type, object? subscription, uint missing, int offset)
    {
        var queue = QueueOf(header.CaptureThread);
        if (queue.Count == 0)
            _waiting.Enqueue(queue, header.Timestamp);
        queue.Enqueue(new WaitingEvent { Header = header, Type = type, Subscription = subscription, Missing = missing, Block = _current!, Offset = offset });
        _current!.Waiting++;
        WaitingBytes += EventSize;
    }

    /// <summary>The current block is read over: what still waits of it is copied.</summary>
    public void End()
    {
        if (_current is not { Waiting: > 0 } block)
            return;
        block.Copy = ArrayPool<byte>.Shared.Rent(block.Bytes.Length);
        WaitingBytes += block.Copy.Length;
        block.Bytes.CopyTo(block.Copy);
        block.Bytes = block.Copy.AsMemory(0, block.Bytes.Length);
        _current = null;
    }

    /// <summary>Takes the earliest of the events that wait.</summary>
    /// <param name="upTo">It has to be at this time or before, in ticks.</param>
    /// <param name="next">The event. Its payload is valid until <see cref="Release"/>.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTake(long upTo, out WaitingEvent next)
    {
        if (!_waiting.TryPeek(out var queue, out var timestamp) || timestamp > upTo)
        {
            next = default;
            return false;
        }

        next = queue.Dequeue();
        if (queue.TryPeek(out var following))
            _waiting.DequeueEnqueue(queue, following.Header.Timestamp);
        else
            _waiting.Dequeue();
        return true;
    }

    /// <summary>An event that was taken is dealt with.</summary>
    public void Release(in WaitingEvent taken)
    {
        WaitingBytes -= EventSize;
        if (--taken.Block.Waiting > 0 || taken.Block.Copy is not { } copy)
            return;
        taken.Block.Copy = null;
        WaitingBytes -= copy.Length;
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Nothing waits any more: threads that came and went are forgotten.</summary>
    public void Trim()
    {
        if (_threads.Count <= MostIdleThreads || _waiting.Count > 0)
            return;
        _threads.Clear();
        _last = null;
    }

    /// <summary>Most events are of the thread that had the last one.</summary>
    private Queue<WaitingEvent> QueueOf(ulong thread)
    {
        if (_last is not null && thread == _lastThread)
            return _last;
        ref var queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_threads, thread, out _);
        (_lastThread, _last) = (thread, queue ??= new Queue<WaitingEvent>());
        return queue;
    }
}
