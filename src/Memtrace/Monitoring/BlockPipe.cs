using System.Buffers;
using Memtrace.Reading;
using Memtrace.Nettrace;

namespace Memtrace.Monitoring;

/// <summary>
/// A recording's stream from the thread that records to the thread that reads. The writer never waits: where the reader lags too far behind, event blocks
/// of the target are left out, which the reader finds as lost events. One writer, one reader.
/// </summary>
/// <param name="beginning">What the stream begins with.</param>
/// <param name="limit">How much may wait for the reader, in bytes.</param>
internal sealed class BlockPipe(StreamBeginning beginning, long limit) : ForwardStream
{
    private readonly object _lock = new();
    private readonly Queue<(BlockKind Kind, byte[] Buffer, int Length)> _blocks = new();
    private readonly Queue<Action<bool>> _questions = new();
    private readonly BlockFramer _framer = new(beginning.Framing);
    private readonly PayloadWriter _framed = new();
    private long _waiting;
    private long _position;
    private int _next;
    private bool _begun;
    private bool _completed;
    private bool _closed;

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
            _blocks.Enqueue((kind, buffer, payload.Length));
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
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _closed = true;
            while (_questions.TryDequeue(out var question))
                question(false);
            while (_blocks.TryDequeue(out var block))
                ArrayPool<byte>.Shared.Return(block.Buffer);
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_next == _framed.Written.Length && !Advance())
            return 0;
        var count = Math.Min(buffer.Length, _framed.Written.Length - _next);
        _framed.Written.Slice(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // A question is asked outside of the lock: the writer does not wait for its answer.
    private bool Advance()
    {
        while (true)
        {
            Action<bool>? question;
            lock (_lock)
            {
                while (_begun && !_completed && _questions.Count == 0 && _blocks.Count == 0)
                    Monitor.Wait(_lock);
                if (!_questions.TryDequeue(out question))
                    return FrameNext();
            }

            question(true);
        }
    }

    private bool FrameNext()
    {
        if (_closed)
            return false;
        _position += _framed.Written.Length;
        _framed.Clear();
        _next = 0;
        if (!_begun)
            FrameBeginning();
        else if (_blocks.TryDequeue(out var block))
            Frame(block.Kind, block.Buffer, block.Length);
        else
            FrameEnd();
        return true;
    }

    private void FrameBeginning()
    {
        _begun = true;
        _framed.Bytes(beginning.Header);
        _framer.Write(_framed, 0, BlockKind.Trace, beginning.Trace);
    }

    private void Frame(BlockKind kind, byte[] buffer, int length)
    {
        _framer.Write(_framed, _position, kind, buffer.AsSpan(0, length));
        _waiting -= length;
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void FrameEnd()
    {
        _framer.WriteEndMark(_framed);
        _closed = true;
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
