using System.Buffers;
using Memtrace.Nettrace;

namespace Memtrace.Monitoring;

/// <summary>
/// Carries the stream of a recording from the recording thread to the analyzing thread. The writer never waits: if the reader lags too far behind, event
/// blocks of the target are dropped, which the reader counts as lost events. One writer, one reader.
/// </summary>
/// <param name="beginning">The start of the stream.</param>
/// <param name="limit">The maximum backlog, in bytes.</param>
internal sealed class BlockPipe(StreamBeginning beginning, long limit) : IBlockSource, IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Block> _blocks = new();
    private readonly Queue<Query> _queries = new();
    private Block? _current;
    private long _waiting;
    private bool _hasBegun;
    private bool _completed;
    private bool _closed;

    /// <summary>A block in a rented buffer.</summary>
    private readonly record struct Block(BlockKind Kind, byte[] Buffer, int Length);

    /// <summary>A query that waits for the reader.</summary>
    private readonly record struct Query(Action Run, Action Cancel);

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool EndedCleanly { get; private set; }

    /// <summary>Adds a block that must arrive, because later ones cannot be read without it.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its content.</param>
    public void Add(BlockKind kind, ReadOnlySpan<byte> payload) => Add(kind, payload, long.MaxValue);

    /// <summary>Adds a block, or drops it if the reader lags too far behind.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its content.</param>
    public void Offer(BlockKind kind, ReadOnlySpan<byte> payload) => Add(kind, payload, limit);

    private void Add(BlockKind kind, ReadOnlySpan<byte> payload, long mostWaiting)
    {
        lock (_lock)
        {
            if (_closed || payload.Length > mostWaiting - _waiting)
                return;
            var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
            payload.CopyTo(buffer);
            _blocks.Enqueue(new Block(kind, buffer, payload.Length));
            _waiting += payload.Length;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Ends the stream after the backlog.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Runs a query on the reader's thread between two blocks.</summary>
    /// <returns>The answer; the task is cancelled if the reader has reached the end.</returns>
    public Task<T> QueryAsync<T>(Func<T> query)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_closed)
                answer.SetCanceled();
            else
                _queries.Enqueue(new Query(() => Answer(answer, query), () => answer.SetCanceled()));
            Monitor.Pulse(_lock);
        }

        return answer.Task;
    }

    /// <inheritdoc/>
    public NettraceFraming ReadHeader() => beginning.Framing;

    /// <inheritdoc/>
    public NettraceBlock? ReadBlock()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            return new NettraceBlock(BlockKind.Trace, beginning.Trace);
        }

        ReturnCurrent();
        _current = Next();
        if (_current is not { } block)
            return null;
        Position += block.Length;
        return new NettraceBlock(block.Kind, block.Buffer.AsMemory(0, block.Length));
    }

    /// <summary>Drops the backlog and cancels pending queries.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            while (_queries.TryDequeue(out var query))
                query.Cancel();
            while (_blocks.TryDequeue(out var block))
                ArrayPool<byte>.Shared.Return(block.Buffer);
        }
    }

    /// <summary>The next block; null at the end. Queries run outside of the lock, so that the writer does not wait for them.</summary>
    private Block? Next()
    {
        while (true)
        {
            Query query;
            lock (_lock)
            {
                while (!_completed && !_closed && _queries.Count == 0 && _blocks.Count == 0)
                    Monitor.Wait(_lock);
                if (!_queries.TryDequeue(out query))
                    return Take();
            }

            query.Run();
        }
    }

    private Block? Take()
    {
        if (!_blocks.TryDequeue(out var block))
        {
            EndedCleanly = !_closed;
            _closed = true;
            return null;
        }

        _waiting -= block.Length;
        return block;
    }

    private void ReturnCurrent()
    {
        if (_current is { } block)
            ArrayPool<byte>.Shared.Return(block.Buffer);
        _current = null;
    }

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<T> query)
    {
        try
        {
            answer.SetResult(query());
        }
        catch (Exception exception)
        {
            answer.SetException(exception);
        }
    }
}
