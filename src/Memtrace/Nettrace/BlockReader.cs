using System.Buffers.Binary;

namespace Memtrace.Nettrace;

/// <summary>
/// Takes a nettrace stream apart into its blocks, as they come from a session. Knows nothing of what is in them.
/// Layouts: NetTraceFormat_v5.md (formats 4 and 5) and NetTraceFormat.md (format 6). Not thread-safe.
/// </summary>
/// <param name="stream">The session's stream. It stays the caller's to close.</param>
internal sealed class BlockReader(Stream stream)
{
    private const byte NullReferenceTag = 1;
    private const byte BeginPrivateObjectTag = 5;
    private const byte EndObjectTag = 6;
    private const int MaximumBlockSize = 256 * 1024 * 1024;

    private byte[] _buffer = new byte[256 * 1024];
    private int _next;
    private int _end;
    private long _position;

    /// <summary>How the stream frames its blocks; known after <see cref="ReadHeaderAsync"/>.</summary>
    public NettraceFraming Framing { get; private set; }

    /// <summary>The bytes in front of the first block; known after <see cref="ReadHeaderAsync"/>.</summary>
    public ReadOnlyMemory<byte> Header { get; private set; }

    /// <summary>Whether the end of the stream was marked as such, which a killed process does not come to.</summary>
    public bool EndedCleanly { get; private set; }

    /// <summary>Reads what stands in front of the first block.</summary>
    /// <exception cref="InvalidDataException">This is no nettrace stream of format 4 to 6.</exception>
    /// <exception cref="EndOfStreamException">The stream ended.</exception>
    public async ValueTask ReadHeaderAsync(CancellationToken cancellation)
    {
        var start = (await ReadAsync(12, cancellation)).ToArray();
        if (!start.AsSpan(0, 8).SequenceEqual("Nettrace"u8))
            throw new InvalidDataException("The stream does not begin with 'Nettrace'.");
        var lengthOrReserved = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(8));
        Framing = lengthOrReserved == 0 ? NettraceFraming.Blocks : NettraceFraming.Objects;
        var rest = await ReadAsync(Framing == NettraceFraming.Blocks ? 8 : lengthOrReserved, cancellation);
        Header = (byte[])[.. start, .. rest.Span];
        if (Framing == NettraceFraming.Blocks && BinaryPrimitives.ReadInt32LittleEndian(rest.Span) != 6)
            throw new InvalidDataException("The stream is of a later format than 6.");
    }

    /// <summary>Reads the next block; null at the stream's end, whether marked or not.</summary>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public async ValueTask<NettraceBlock?> ReadBlockAsync(CancellationToken cancellation)
    {
        try
        {
            var block = Framing == NettraceFraming.Blocks ? await ReadKindBlockAsync(cancellation) : await ReadObjectAsync(cancellation);
            EndedCleanly = block is null;
            return block;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    private async ValueTask<NettraceBlock?> ReadKindBlockAsync(CancellationToken cancellation)
    {
        var header = BinaryPrimitives.ReadUInt32LittleEndian((await ReadAsync(4, cancellation)).Span);
        var kind = (BlockKind)(header >> 24);
        if (kind == BlockKind.EndOfStream)
            return null;
        return new NettraceBlock(kind, await ReadAsync((int)(header & 0xFFFFFF), cancellation));
    }

    private async ValueTask<NettraceBlock?> ReadObjectAsync(CancellationToken cancellation)
    {
        if (await ReadByteAsync(cancellation) == NullReferenceTag)
            return null;

        // Tags of the object and of its type, a null reference for the type's type, version, minimum reader version, name, end of the type.
        var nameLength = BinaryPrimitives.ReadInt32LittleEndian((await ReadAsync(2 + 4 + 4 + 4, cancellation)).Span[10..]);
        if (nameLength is < 0 or > 256)
            throw new InvalidDataException("The stream is damaged: an object's name is too long.");
        var kind = ObjectNames.KindOf((await ReadAsync(nameLength + 1, cancellation)).Span[..nameLength]);
        var payload = await ReadObjectPayloadAsync(kind, cancellation);
        return new NettraceBlock(kind, payload);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadObjectPayloadAsync(BlockKind kind, CancellationToken cancellation)
    {
        var size = TraceObject.Size;
        if (kind != BlockKind.Trace)
        {
            size = BinaryPrimitives.ReadInt32LittleEndian((await ReadAsync(4, cancellation)).Span);
            await ReadAsync(Padding(_position), cancellation);
        }

        // The tag that ends the object is read along with the payload, so that the payload stays in the buffer.
        var payloadAndTag = await ReadAsync(size + 1, cancellation);
        if (payloadAndTag.Span[size] != EndObjectTag)
            throw new InvalidDataException("The stream is damaged: an object does not end where it should.");
        return payloadAndTag[..size];
    }

    private static int Padding(long position) => (int)(-position & 3);

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellation)
    {
        var tag = (await ReadAsync(1, cancellation)).Span[0];
        if (tag is not (NullReferenceTag or BeginPrivateObjectTag))
            throw new InvalidDataException("The stream is damaged: no object where one should begin.");
        return tag;
    }

    // What has come already is taken at once: a block's many small parts need no waiting. Valid until the next read.
    private ValueTask<ReadOnlyMemory<byte>> ReadAsync(int count, CancellationToken cancellation)
    {
        if (count is < 0 or > MaximumBlockSize)
            throw new InvalidDataException("The stream is damaged: a block's size makes no sense.");
        return count <= _end - _next ? ValueTask.FromResult(Take(count)) : FillAsync(count, cancellation);
    }

    private async ValueTask<ReadOnlyMemory<byte>> FillAsync(int count, CancellationToken cancellation)
    {
        MakeRoom(count);
        _end += await stream.ReadAtLeastAsync(_buffer.AsMemory(_end), count - _end, cancellationToken: cancellation);
        return Take(count);
    }

    private void MakeRoom(int count)
    {
        var rest = _buffer.AsSpan(_next.._end);
        if (count > _buffer.Length)
            _buffer = new byte[count * 2];
        rest.CopyTo(_buffer);
        (_next, _end) = (0, rest.Length);
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        var taken = _buffer.AsMemory(_next, count);
        _next += count;
        _position += count;
        return taken;
    }
}
