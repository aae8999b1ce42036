using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Splits a nettrace stream (a file, or the stream of a live session) into blocks, without interpreting them. It buffers one block, and no more
/// memory than the stream has bytes, whatever size a block declares. Not thread-safe.
/// </summary>
/// <param name="stream">The stream, positioned at its start. The caller disposes it.</param>
internal sealed class BlockReader(Stream stream) : IBlockSource
{
    private const int MagicSize = 8;
    private const int VersionedHeaderSize = 20;

    /// <summary>The magic bytes and a length precede <see cref="SerializerName"/>.</summary>
    private const int SerializerNameStart = MagicSize + sizeof(int);
    private const int LatestFormat = 6;
    private const int InitialBufferSize = 256 * 1024;

    private byte[] _buffer = new byte[InitialBufferSize];
    private BlockFramer _framer = new(default);
    private int _next;
    private int _end;

    private static ReadOnlySpan<byte> Magic => "Nettrace"u8;

    private static ReadOnlySpan<byte> SerializerName => "!FastSerialization.1"u8;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <summary>How the stream frames its blocks; valid after the header has been read.</summary>
    public NettraceFraming Framing { get; private set; }

    /// <summary>The format version: valid after the header for format 6, after the first block for formats 4 and 5.</summary>
    public int Format { get; private set; }

    /// <summary>The bytes before the first block; valid after the header has been read.</summary>
    public ReadOnlyMemory<byte> Header { get; private set; }

    /// <inheritdoc/>
    public bool EndedCleanly { get; private set; }

    /// <inheritdoc/>
    public NettraceFraming ReadHeader()
    {
        for (int needed; (needed = MeasureHeader()) > _end - _next;)
            RequireMore(Fill(needed));
        return TakeHeader();
    }

    /// <inheritdoc cref="ReadHeader"/>
    public async ValueTask<NettraceFraming> ReadHeaderAsync(CancellationToken cancellation)
    {
        for (int needed; (needed = MeasureHeader()) > _end - _next;)
            RequireMore(await FillAsync(needed, cancellation));
        return TakeHeader();
    }

    /// <inheritdoc/>
    public NettraceBlock? ReadBlock()
    {
        int needed;
        BlockFramer.Frame frame;
        while ((needed = Measure(out frame)) > _end - _next)
        {
            if (!Fill(needed))
                return null;
        }

        return Take(frame, needed);
    }

    /// <inheritdoc cref="ReadBlock"/>
    public async ValueTask<NettraceBlock?> ReadBlockAsync(CancellationToken cancellation)
    {
        int needed;
        BlockFramer.Frame frame;
        while ((needed = Measure(out frame)) > _end - _next)
        {
            if (!await FillAsync(needed, cancellation))
                return null;
        }

        return Take(frame, needed);
    }

    /// <summary>Whether all that was read from the stream has been returned: the next block is read from the stream.</summary>
    public bool IsDrained => _next == _end;

    private ReadOnlySpan<byte> Available => _buffer.AsSpan(_next, _end - _next);

    private int MeasureHeader()
    {
        if (Available.Length < SerializerNameStart)
            return SerializerNameStart;
        if (!Available.StartsWith(Magic))
            throw NotNettrace();
        return IsVersioned ? VersionedHeaderSize : SerializerNameStart + SerializerName.Length;
    }

    /// <summary>From format 6 on, the length of the serializer's name is 0 and the version follows.</summary>
    private bool IsVersioned => BinaryPrimitives.ReadInt32LittleEndian(Available[MagicSize..]) == 0;

    private NettraceFraming TakeHeader()
    {
        Framing = IsVersioned ? NettraceFraming.Blocks : NettraceFraming.Objects;
        var size = IsVersioned ? VersionedHeaderSize : SerializerNameStart + SerializerName.Length;
        Header = Available[..size].ToArray();
        var version = BinaryPrimitives.ReadInt32LittleEndian(Available[SerializerNameStart..]);
        if (IsVersioned && version != LatestFormat)
            throw new NettraceException($"nettrace format {version} is not supported by this version");
        if (!IsVersioned && !Available[SerializerNameStart..size].SequenceEqual(SerializerName))
            throw NotNettrace();
        Format = IsVersioned ? version : 0;
        _framer = new BlockFramer(Framing);
        Advance(size);
        return Framing;
    }

    private int Measure(out BlockFramer.Frame frame) => _framer.Measure(Available, Position, out frame);

    private NettraceBlock? Take(BlockFramer.Frame frame, int size)
    {
        var payload = _buffer.AsMemory(_next + frame.Start, frame.Length);
        if (frame.Kind == BlockKind.Trace && Framing == NettraceFraming.Objects)
            Format = BlockFramer.FormatOf(Available);
        Advance(size);
        EndedCleanly = frame.Kind == BlockKind.EndOfStream;
        return EndedCleanly ? null : new NettraceBlock(frame.Kind, payload);
    }

    private void Advance(int count)
    {
        _next += count;
        Position += count;
    }

    private bool Fill(int needed)
    {
        MakeRoom(needed);
        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellation)
    {
        MakeRoom(needed);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }

    /// <summary>Makes room for more bytes. The buffer at most doubles, so a forged size costs nothing.</summary>
    private void MakeRoom(int needed)
    {
        if (_next + needed <= _buffer.Length && _end < _buffer.Length)
            return;
        var rest = Available;
        var target = rest.Length == _buffer.Length ? new byte[Math.Min(needed, 2 * _buffer.Length)] : _buffer;
        rest.CopyTo(target);
        (_buffer, _next, _end) = (target, 0, rest.Length);
    }

    private void RequireMore(bool hasMore)
    {
        if (!hasMore)
            throw _end == 0 ? new EndOfStreamException("the stream is empty") : NotNettrace();
    }

    private static NettraceException NotNettrace() => new("not a .nettrace file");
}
