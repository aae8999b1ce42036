using System.Buffers;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// Sorts the events of all threads by time. The events of one thread arrive in order; a sorted event or a sequence point marks the time
/// before which no more events will arrive (NetTraceFormat.md, "Event TimeStamp sorting").
/// </summary>
/// <remarks>Pending events are copied when the reader leaves their block; <see cref="IsFull"/> lets the reader bound the memory.</remarks>
internal sealed class EventOrder
{
    private const int MaxIdleThreads = 1024;

    /// <summary>The most threads that may have pending events: each has a queue of a few hundred bytes.</summary>
    private const int MaxThreads = 50_000;

    /// <summary>Bytes accounted for a pending event without its payload: more than twice a <see cref="WaitingEvent"/>, because a ring can be half empty.</summary>
    private const int EventSize = 128;

    private readonly Dictionary<ulong, EventQueue> _threads = [];
    private readonly PriorityQueue<EventQueue, long> _waiting = new();
    private ulong _lastThread;
    private EventQueue? _last;
    private WaitingBlock? _block;

    /// <summary>The thread whose events are being taken; it is not in <see cref="_waiting"/>.</summary>
    private EventQueue? _run;

    /// <summary>The earliest pending timestamp of all other threads, in ticks.</summary>
    private long _earliestOther;

    /// <summary>Memory held by pending events, in bytes.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Whether the limits are exceeded.</summary>
    public bool IsFull => WaitingBytes > NettraceReader.MaxWaitingBytes || _threads.Count > MaxThreads;

    /// <summary>The event taken last; valid until the next call of <see cref="Take"/>.</summary>
    public ref readonly WaitingEvent Current => ref _run!.Taken;

    /// <summary>Starts a block whose events may have to be kept.</summary>
    public void Begin(ReadOnlyMemory<byte> block)
    {
        _block ??= new WaitingBlock();
        _block.Bytes = block;
    }

    /// <summary>Adds an event of the current block.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="type">Its declaration.</param>
    /// <param name="missing">How many events of its thread were lost before it.</param>
    /// <param name="offset">Offset of its payload in the block.</param>
    public void Add(in EventHeader header, DeclaredType type, uint missing, int offset)
    {
        var queue = QueueOf(header.CaptureThread);
        if (queue.Count == 0)
            _waiting.Enqueue(queue, header.Timestamp);
        ref var waiting = ref queue.Add();
        waiting.Timestamp = header.Timestamp;
        waiting.Thread = header.Thread;
        waiting.StackId = header.StackId;
        waiting.PayloadSize = header.PayloadSize;
        waiting.Missing = missing;
        waiting.Offset = offset;
        waiting.Type = type;
        waiting.Block = _block!;
        _block!.Waiting++;
        WaitingBytes += EventSize;
    }

    /// <summary>Ends the current block: copies it if any of its events are still pending.</summary>
    public void End()
    {
        if (_block is not { Waiting: > 0 } block)
            return;
        block.Copy = ArrayPool<byte>.Shared.Rent(block.Bytes.Length);
        WaitingBytes += block.Copy.Length;
        block.Bytes.CopyTo(block.Copy);
        block.Bytes = block.Copy.AsMemory(0, block.Bytes.Length);
        _block = null;
    }

    /// <summary>Takes the earliest pending event. Call it until it returns false before adding more events.</summary>
    /// <param name="upTo">The latest timestamp to take, in ticks.</param>
    /// <returns>False if there is no such event.</returns>
    public bool Take(long upTo)
    {
        // Threads usually have runs of events, so the next event is most often of the same thread.
        if (_run is not null)
        {
            Release(_run.Taken.Block);
            _run.Forget();
            if (_run.Count > 0 && _run.NextTimestamp <= upTo && _run.NextTimestamp <= _earliestOther)
                return _run.Take();
            if (_run.Count > 0)
                _waiting.Enqueue(_run, _run.NextTimestamp);
            _run = null;
        }

        if (!_waiting.TryPeek(out var earliest, out var timestamp) || timestamp > upTo)
            return false;
        _waiting.Dequeue();
        _earliestOther = _waiting.TryPeek(out _, out var other) ? other : long.MaxValue;
        _run = earliest;
        return _run.Take();
    }

    /// <summary>Drops the queues of idle threads if nothing is pending.</summary>
    public void Trim()
    {
        if (_threads.Count <= MaxIdleThreads || _waiting.Count > 0)
            return;
        _threads.Clear();
        _last = null;
    }

    /// <summary>Releases an event of a block.</summary>
    private void Release(WaitingBlock block)
    {
        WaitingBytes -= EventSize;
        if (--block.Waiting > 0 || block.Copy is not { } copy)
            return;
        (block.Copy, block.Bytes) = (null, default);
        WaitingBytes -= copy.Length;
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Most events are of the same thread as the one before.</summary>
    private EventQueue QueueOf(ulong thread)
    {
        if (_last is not null && thread == _lastThread)
            return _last;
        ref var queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_threads, thread, out _);
        (_lastThread, _last) = (thread, queue ??= new EventQueue());
        return queue;
    }

    /// <summary>A pending event.</summary>
    public struct WaitingEvent
    {
        public long Timestamp;
        public ulong Thread;
        public uint StackId;
        public int PayloadSize;
        public uint Missing;
        public int Offset;
        public DeclaredType Type;
        public WaitingBlock Block;

        /// <summary>Its payload.</summary>
        public readonly ReadOnlySpan<byte> Payload => Block.Bytes.Span.Slice(Offset, PayloadSize);
    }

    /// <summary>A block with pending events: the reader's buffer while it is being read, a copy afterwards.</summary>
    public sealed class WaitingBlock
    {
        /// <summary>Its payload.</summary>
        public ReadOnlyMemory<byte> Bytes { get; set; }

        /// <summary>The number of its events that are pending.</summary>
        public int Waiting { get; set; }

        /// <summary>The rented copy, once there is one.</summary>
        public byte[]? Copy { get; set; }
    }

    /// <summary>
    /// The events of one thread in a ring buffer. Events are read in place: they are too large to copy by the million, which is what the framework's queue
    /// would do.
    /// </summary>
    private sealed class EventQueue
    {
        private const int InitialSize = 16;

        private WaitingEvent[] _ring = new WaitingEvent[InitialSize];
        private int _next;
        private int _taken;

        public int Count { get; private set; }

        public long NextTimestamp => _ring[_next].Timestamp;

        public ref readonly WaitingEvent Taken => ref _ring[_taken];

        /// <summary>Appends a slot and returns it.</summary>
        public ref WaitingEvent Add()
        {
            if (Count == _ring.Length)
                Grow();
            return ref _ring[(_next + Count++) & (_ring.Length - 1)];
        }

        /// <summary>Takes the first event; always true.</summary>
        public bool Take()
        {
            _taken = _next;
            _next = (_next + 1) & (_ring.Length - 1);
            Count--;
            return true;
        }

        /// <summary>Lets go of the block of the event taken last; until the ring comes around, its slot would keep it.</summary>
        public void Forget() => _ring[_taken].Block = null!;

        private void Grow()
        {
            var larger = new WaitingEvent[2 * _ring.Length];
            _ring.AsSpan(_next).CopyTo(larger);
            _ring.AsSpan(0, _next).CopyTo(larger.AsSpan(_ring.Length - _next));
            (_ring, _next) = (larger, 0);
        }
    }
}
