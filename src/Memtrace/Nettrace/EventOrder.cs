using System.Buffers;
using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// Puts the events of all threads into the order of their time. Each thread's own events come in order; an event marked as sorted, or a sequence point, says
/// up to which time nothing more will come (NetTraceFormat.md, "Event TimeStamp sorting").
/// </summary>
/// <remarks>Events that wait are copied out of their block when that is read over; <see cref="IsFull"/> lets the reader bound the memory.</remarks>
internal sealed class EventOrder
{
    private const int MaxIdleThreads = 1024;

    /// <summary>More threads than this do not wait at once: each has a queue of its own, of some hundred bytes.</summary>
    private const int MaxThreads = 50_000;

    /// <summary>What an event takes while it waits, without its payload, in bytes: more than twice a <see cref="WaitingEvent"/>, for a ring can be half empty.</summary>
    private const int EventSize = 128;

    private readonly Dictionary<ulong, EventQueue> _threads = [];
    private readonly PriorityQueue<EventQueue, long> _waiting = new();
    private ulong _lastThread;
    private EventQueue? _last;
    private WaitingBlock? _block;

    /// <summary>The thread whose events are being taken; it is not among those that wait.</summary>
    private EventQueue? _run;

    /// <summary>The earliest time of any other thread's event, in ticks.</summary>
    private long _earliestOther;

    /// <summary>The memory that is taken by what waits, in bytes.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Whether more waits than may.</summary>
    public bool IsFull => WaitingBytes > NettraceReader.MaxWaitingBytes || _threads.Count > MaxThreads;

    /// <summary>The event that was taken last; valid until the next is taken.</summary>
    public ref readonly WaitingEvent Current => ref _run!.Taken;

    /// <summary>A block begins, of which events may have to wait.</summary>
    public void Begin(ReadOnlyMemory<byte> block)
    {
        _block ??= new WaitingBlock();
        _block.Bytes = block;
    }

    /// <summary>Adds an event of the current block.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="type">Its declaration.</param>
    /// <param name="missing">How many events of its thread are missing before it.</param>
    /// <param name="offset">Where its payload begins in the block.</param>
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

    /// <summary>The current block is read over: what still waits of it is copied.</summary>
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

    /// <summary>Takes the earliest of the events that wait. To be repeated until there is none, before others are added.</summary>
    /// <param name="upTo">It has to be at this time or before, in ticks.</param>
    /// <returns>False where there is none.</returns>
    public bool Take(long upTo)
    {
        // Where threads take turns of many events, most of the time the next one is the same thread's.
        if (_run is not null)
        {
            Release(_run.Taken.Block);
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

    /// <summary>Nothing waits any more: threads that came and went are forgotten.</summary>
    public void Trim()
    {
        if (_threads.Count <= MaxIdleThreads || _waiting.Count > 0)
            return;
        _threads.Clear();
        _last = null;
    }

    /// <summary>An event of a block is dealt with.</summary>
    private void Release(WaitingBlock block)
    {
        WaitingBytes -= EventSize;
        if (--block.Waiting > 0 || block.Copy is not { } copy)
            return;
        (block.Copy, block.Bytes) = (null, default);
        WaitingBytes -= copy.Length;
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Most events are of the thread that had the last one.</summary>
    private EventQueue QueueOf(ulong thread)
    {
        if (_last is not null && thread == _lastThread)
            return _last;
        ref var queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_threads, thread, out _);
        (_lastThread, _last) = (thread, queue ??= new EventQueue());
        return queue;
    }

    /// <summary>An event that waits for its place in time.</summary>
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

    /// <summary>A block of which events wait; while it is being read it is the reader's, afterwards a copy.</summary>
    public sealed class WaitingBlock
    {
        /// <summary>Its payload.</summary>
        public ReadOnlyMemory<byte> Bytes { get; set; }

        /// <summary>How many of its events wait.</summary>
        public int Waiting { get; set; }

        /// <summary>The rented copy, once there is one.</summary>
        public byte[]? Copy { get; set; }
    }

    /// <summary>
    /// The events of one thread, in a ring that is used again. Events stay in place while they are looked at: they are too large to be copied around by the
    /// million, which is what the framework's queue would do.
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

        /// <summary>The place for another event at the end.</summary>
        public ref WaitingEvent Add()
        {
            if (Count == _ring.Length)
                Grow();
            return ref _ring[(_next + Count++) & (_ring.Length - 1)];
        }

        /// <summary>Makes the first event the one that was taken; true.</summary>
        public bool Take()
        {
            _taken = _next;
            _next = (_next + 1) & (_ring.Length - 1);
            Count--;
            return true;
        }

        private void Grow()
        {
            var larger = new WaitingEvent[2 * _ring.Length];
            _ring.AsSpan(_next).CopyTo(larger);
            _ring.AsSpan(0, _next).CopyTo(larger.AsSpan(_ring.Length - _next));
            (_ring, _next) = (larger, 0);
        }
    }
}
