using System.Collections.Concurrent;
using Memtrace.Nettrace;
using Memtrace.Reading;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// Buffers the last minutes of a recording in bounded space, so that they can be saved as a separate recording at any time. Adding and saving may
/// happen on different threads; adding never waits for saving.
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

    /// <summary>Creates the buffer.</summary>
    /// <param name="beginning">The start of the stream.</param>
    /// <param name="limit">How much to buffer.</param>
    /// <exception cref="IOException">The buffer file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public FlightRecorder(StreamBeginning beginning, BufferLimit limit)
    {
        _beginning = beginning;
        _trace = TraceObject.Parse(beginning.Framing, beginning.Trace);
        _ring = new BlockRing(limit.Bytes);
        try
        {
            _prologue = new RecordingPrologue(beginning.Framing, _trace.TicksPerSecond);
        }
        catch
        {
            _ring.Dispose();
            throw;
        }

        _age = (long)(limit.Age.TotalSeconds * _trace.TicksPerSecond);
        _now = _trace.StartTimestamp;
    }

    /// <summary>How much is buffered.</summary>
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
        // During a save, and until the blocks that arrived meanwhile are added, blocks are queued.
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

    /// <summary>Saves the buffered events as a recording.</summary>
    /// <param name="path">The file, which must not exist.</param>
    /// <param name="rundown">The target's methods; null if it does not answer any more.</param>
    /// <param name="end">How the saved recording ends.</param>
    /// <returns>Size of the file in bytes.</returns>
    /// <exception cref="IOException">The file cannot be written, or nothing is buffered because the buffer failed.</exception>
    public long Save(string path, Rundown? rundown, RecordingEnd end)
    {
        lock (_lock)
        {
            if (_failure is not null)
                throw new IOException($"Nothing to save: {_failure}");
            AddWaiting();
            var start = Math.Max(_prologue.EndTimestamp, _trace.StartTimestamp);
            using var replay = new RecordingReplay(RecordingFile.Create(path), _beginning, start);
            replay.Add(_prologue);
            foreach (var entry in _ring.Entries)
                replay.Add(entry.Kind, _ring.Read(entry));
            var size = replay.End(_now, rundown, end);
            AddWaiting();
            return size;
        }
    }

    public void Dispose()
    {
        _ring.Dispose();
        _prologue.Dispose();
    }

    private void AddWaiting()
    {
        while (_waiting.TryDequeue(out var block))
            Keep(block.Kind, block.Payload.Span);
    }

    // A full disk ends the buffering, not the view.
    private void Keep(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (_failure is not null)
            return;
        if (kind == BlockKind.Event)
            _now = Math.Max(_now, EventBlockReader.MaxTimestamp(payload));
        try
        {
            _ring.Add(kind, payload, _now, OnEvicted, _prologue.Needs(kind, payload));
            _ring.RemoveBefore(_now - _age, OnEvicted);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failure = FileFailure.ReasonToWrite(exception);
        }
    }

    // Most evicted blocks hold events of the program, none of which is needed, so they are not read again.
    private void OnEvicted(BlockRing.Entry entry)
    {
        if (entry.IsNeededLater)
            _prologue.Add(entry.Kind, _ring.Read(entry));
        _prologue.EndTimestamp = entry.Timestamp;
    }
}
