using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>
/// Receives what a runtime sends as soon as it is sent, so that it waits here until it is read, and not in the runtime's process; up to a limit. One thread reads.
/// </summary>
internal sealed unsafe class ReadAheadStream : Stream
{
    private const int ChunkSize = 1 << 20;

    private readonly Stream _source;

    // The GC would keep its own memory for a while. Of this, only what waits to be read takes memory.
    private readonly byte* _memory;
    private readonly BlockingCollection<int> _free;
    private readonly BlockingCollection<Chunk> _received = [];
    private readonly CancellationTokenSource _closed = new();
    private readonly Thread _receiver;
    private Chunk? _chunk;
    private int _next;
    private Exception? _failure;

    /// <summary>Begins to receive.</summary>
    /// <param name="source">What is received. The caller disposes it, after this.</param>
    /// <param name="mostMB">The most that may wait here, in MiB.</param>
    public ReadAheadStream(Stream source, int mostMB)
    {
        _source = source;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)mostMB * ChunkSize, ChunkSize);

        // A stack: what was read last is received into again.
        _free = new BlockingCollection<int>(new ConcurrentStack<int>(Enumerable.Range(0, mostMB)));
        _receiver = new Thread(Receive) { IsBackground = true, Name = "read ahead" };
        _receiver.Start();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_next == (_chunk?.Size ?? 0) && !TakeNext())
            return 0;
        var read = Math.Min(buffer.Length, _chunk!.Size - _next);
        Memory(_chunk.Index).Slice(_next, read).CopyTo(buffer);
        _next += read;
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Ends the reading. What comes later is received and dropped, so that the runtime, which waits until all is sent, can end its session.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Stream.Dispose()"/>.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _closed.Cancel();
            _receiver.Join();
            _received.Dispose();
            _free.Dispose();
            _closed.Dispose();
            NativeMemory.AlignedFree(_memory);
        }

        base.Dispose(disposing);
    }

    private Span<byte> Memory(int chunk) => new(_memory + ((long)chunk * ChunkSize), ChunkSize);

    private bool TakeNext()
    {
        if (_chunk is { } read)
        {
            // What is read is built from it, and grows meanwhile.
            NativeMethods.Release(_memory + ((long)read.Index * ChunkSize), ChunkSize);
            _free.Add(read.Index);
        }

        (_chunk, _next) = (null, 0);
        if (_received.TryTake(out _chunk, Timeout.Infinite))
            return true;
        return _failure is { } failure ? throw failure : false;
    }

    private void Receive()
    {
        try
        {
            while (Receive(_free.Take(_closed.Token)) is { Size: > 0 } chunk)
                _received.Add(chunk);
        }
        catch (OperationCanceledException)
        {
            Drop();
        }

        _received.CompleteAdding();
    }

    /// <returns>A full chunk, or what there is before the end or a failure.</returns>
    private Chunk Receive(int index)
    {
        var memory = Memory(index);
        var size = 0;
        try
        {
            for (int read; size < ChunkSize && (read = _source.Read(memory[size..])) > 0;)
                size += read;
        }
        catch (Exception exception)
        {
            // It is the reader's; on this thread, it would end the process.
            _failure = exception;
        }

        return new Chunk(index, size);
    }

    private void Drop()
    {
        var memory = Memory(0);
        try
        {
            while (_source.Read(memory) > 0)
            {
            }
        }
        catch (Exception)
        {
            // Nothing more comes, and nothing more is wanted.
        }
    }

    /// <summary>What was received together.</summary>
    /// <param name="Index">Where it is.</param>
    /// <param name="Size">How many bytes.</param>
    private sealed record Chunk(int Index, int Size);
}
