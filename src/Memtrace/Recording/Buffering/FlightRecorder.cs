using System.Collections.Concurrent;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// Keeps the last minutes of a recording in bounded room, so that they can be saved as a recording of their own at any time. Adding and saving may come from
/// different threads; adding never waits for saving.
/// </summary>
internal sealed class FlightRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<NettraceBlock> _waiting = new();
    private readonly StreamBeginning _beginning;
    private readonly TraceObject _trace;
    private readonly RecordingPrologue _prologue;
    private readonly BlockRing _ring;
    private readonly long _age;
    private long _now;
    private string? _failure;

    /// <param name="beginning">What the stream begins with.</param>
    /// <param name="limit">How much is kept.</param>
    /// <exception cref="IOException">There is no place for the buffer's file.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no place for the buffer's file.</exception>
    public FlightRecorder(StreamBeginning beginning, BufferLimit limit)
    {
        _beginning = beginning;
        _trace = TraceObject.Parse(beginning.Framing, beginning.Trace);
        _prologue = new RecordingPrologue(beginning.Framing);
        _ring = new BlockRing(limit.Bytes);
        _age = (long)(limit.Age.TotalSeconds * _trace.TicksPerSecond);
        _now = _trace.StartTimestamp;
    }

    /// <summary>How much is kept.</summary>
    public BufferedSpan Kept
    {
        get
        {
            lock (_lock)
            {
                var start = Math.Max(_prologue.EndTimestamp, _trace.StartTimestamp);
                return new BufferedSpan(_trace.Between(start, _now), _ring.Size, _failure);
            }
        }
    }

    /// <summary>Adds a block.</summary>
    public void Add(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        // While there is a saving, and until what came meanwhile is kept, blocks queue up.
        var queues = !_waiting.IsEmpty || !_lock.TryEnter();
        if (queues)
            _waiting.Enqueue(new NettraceBlock(kind, payload.ToArray()));
        if (queues && !_lock.TryEnter())
            return;
        try
        {
            AddWaiting();
            if (!queues)
                Keep(kind, payload);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Writes what is kept as a recording.</summary>
    /// <param name="path">The file; there must be none.</param>
    /// <param name="rundown">The methods that the target has now; null where it cannot be asked any more.</param>
    /// <param name="end">How the recording is to end.</param>
    /// <returns>The file's size in bytes.</returns>
    /// <exception cref="IOException">The file cannot be written, or nothing was kept because the buffer could not be.</exception>
    public long Save(string path, Rundown? rundown, RecordingEnd end)
    {
        lock (_lock)
        {
            if (_failure is not null)
                throw new IOException($"Nothing is kept to be saved: {_failure}");
            AddWaiting();
            var start = Math.Max(_prologue.EndTimestamp, _trace.StartTimestamp);
            using var replay = new RecordingReplay(RecordingFile.Create(path, overwrite: false), _beginning, start);
            replay.Add(_prologue);
            foreach (var entry in _ring.Entries)
                replay.Add(entry.Kind, _ring.Read(entry));
            var size = replay.End(_now, rundown, end);
            AddWaiting();
            return size;
        }
    }

    public void Dispose() => _ring.Dispose();

    private void AddWaiting()
    {
        while (_waiting.TryDequeue(out var block))
            Keep(block.Kind, block.Payload.Span);
    }

    // A full disk ends the keeping, not the view.
    private void Keep(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (_failure is not null)
            return;
        if (kind == BlockKind.Event)
            _now = Math.Max(_now, EventBlockReader.MaxTimestamp(payload));
        try
        {
            _ring.Add(kind, payload, _now, Leave, _prologue.Needs(kind, payload));
            _ring.RemoveBefore(_now - _age, Leave);
        }
        catch (IOException exception)
        {
            _failure = exception.Message;
        }
    }

    // Most of what goes are the events of the program, of which nothing is needed: they are not even read again.
    private void Leave(BlockRing.Entry entry)
    {
        if (entry.IsNeededLater)
            _prologue.Add(entry.Kind, _ring.Read(entry));
        _prologue.EndTimestamp = entry.Timestamp;
    }
}
