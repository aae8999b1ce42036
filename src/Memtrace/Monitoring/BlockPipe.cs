using System.Buffers;
using Memtrace.Nettrace;

namespace Memtrace.Monitoring;

/// <summary>
/// A recording's stream from the thread that records to the thread that reads. The writer never waits: where the reader lags too far behind, event blocks
/// of the target are left out, which the reader finds as lost events. One writer, one reader.
/// </summary>
/// <param name="beginning">What the stream begins with.</param>
/// <param name="limit">How much may wait for the reader, in bytes.</param>
internal sealed class BlockPipe(StreamBeginning beginning, long limit) : IBlockSource, IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Block> _blocks = new();
    private readonly Queue<Action<bool>> _questions = new();
    private Block? _current;
    private long _waiting;
    private bool _hasBegun;
    private bool _completed;
    private bool _closed;

    /// <summary>A block in a rented buffer.</summary>
    private readonly record struct Block(BlockKind Kind, byte[] Buffer, int Length);

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool EndedCleanly { get; private set; }

    /// <summary>Adds a block.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="payload">Its content.</param>
    /// <param name="isEssential">Whether the rest cannot be read without it.</param>
    public void Add(BlockKind kind, ReadOnlySpan<byte> payload, bool isEssential)
    {
        lock (_lock)
        {
            if (_closed || (!isEssential && _waiting + payload.Length > limit))
                return;
            var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
            payload.CopyTo(buffer);
            _blocks.Enqueue(new Block(kind, buffer, payload.Length));
            _waiting += payload.Length;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Ends the stream behind what waits.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Has the reader's thread answer a question between two blocks, when all it has read is dealt with.</summary>
    /// <returns>The answer; the task is cancelled where the reader has come to the end.</returns>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_closed)
                answer.SetCanceled();
            else
                _questions.Enqueue(isRead => Answer(answer, question, isRead));
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

    /// <summary>Nothing more is read: what waits is let go, and questions are not answered any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            while (_questions.TryDequeue(out var question))
                question(false);
            while (_blocks.TryDequeue(out var block))
                ArrayPool<byte>.Shared.Return(block.Buffer);
        }
    }

    /// <summary>The next block; null at the end. A question is asked outside of the lock: the writer does not wait for its answer.</summary>
    private Block? Next()
    {
        while (true)
        {
            Action<bool>? question;
            lock (_lock)
            {
                while (!_completed && !_closed && _questions.Count == 0 && _blocks.Count == 0)
                    Monitor.Wait(_lock);
                if (!_questions.TryDequeue(out question))
                    return Take();
            }

            question(true);
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

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<T> question, bool isRead)
    {
        try
        {
            if (isRead)
                answer.SetResult(question());
            else
                answer.SetCanceled();
        }
        catch (Exception exception)
        {
            answer.SetException(exception);
        }
    }
}
