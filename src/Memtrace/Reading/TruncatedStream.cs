using System.Buffers.Binary;

namespace Memtrace.Reading;

/// <summary>
/// A nettrace stream that always ends well. It hands on whole blocks only, and where the source breaks off inside a block it puts the
/// format's end mark, so that a parser gives up everything it holds. Layout: NetTraceFormat.md (versions 4 and 6) of microsoft/perfview.
/// </summary>
internal sealed class TruncatedStream : ForwardStream
{
    private const int MaxBlock = 1 << 26;
    private const byte EndTag = 1, BeginTag = 5, EndObjectTag = 6;
    private static readonly byte[] EndBlock6 = [0, 0, 0, 0];

    private readonly Stream _source;
    private readonly CancellationToken _cancellation;
    private byte[] _block = new byte[64 * 1024];
    private int _length;
    private int _next;
    private long _offset;
    private Func<bool> _readBlock;
    private byte[] _endMark = [EndTag];
    private bool _ended;

    /// <summary>Wraps <paramref name="source"/>, which stands at its beginning and is disposed with this.</summary>
    public TruncatedStream(Stream source, CancellationToken cancellation = default)
    {
        _source = source;
        _cancellation = cancellation;
        _readBlock = ReadHeader;
    }

    /// <summary>Whether the source had the format's end mark. True only when it has been read to there.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Whether the source began as a nettrace stream does.</summary>
    public bool IsNettrace { get; private set; }

    /// <summary>Whole blocks so far, the first of which describes the trace.</summary>
    public int Blocks { get; private set; }

    /// <summary>Whether the source held anything at all.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_next == _length && !Advance())
            return 0;
        var count = Math.Min(buffer.Length, _length - _next);
        _block.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    private bool Advance()
    {
        if (_ended)
            return false;
        _offset += _length;
        _length = _next = 0;
        var readsHeader = !IsNettrace;
        if (_readBlock())
        {
            Blocks += readsHeader || _ended ? 0 : 1;
            return true;
        }

        _ended = true;
        _length = IsNettrace ? _endMark.Length : 0;
        _endMark.AsSpan(0, _length).CopyTo(_block);
        return _length > 0;
    }

    private bool ReadHeader()
    {
        if (!Take(12) || !_block.AsSpan(0, 8).SequenceEqual("Nettrace"u8))
            return false;
        var version6 = BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(8)) == 0;
        if (!Take(version6 ? 8 : 20))
            return false;
        IsNettrace = true;
        _endMark = version6 ? EndBlock6 : [EndTag];
        _readBlock = version6 ? ReadBlock6 : ReadObject;
        return true;
    }

    /// <summary>Version 4: tags 5 5 1, version, least reader, name length, name, tag 6, [size, padding,] contents, tag 6.</summary>
    private bool ReadObject()
    {
        if (!Take(1))
            return false;
        if (_block[0] == EndTag)
            return Finish();
        if (_block[0] != BeginTag || !Take(14) || !Take(Int32At(11), limit: 64) || !Take(1) || _block[_length - 1] != EndObjectTag)
            return false;
        return ReadContents(_block.AsSpan(15, _length - 16).SequenceEqual("Trace"u8)) && Take(1) && _block[_length - 1] == EndObjectTag;
    }

    private bool ReadContents(bool isTrace)
    {
        const int TraceSize = 48;
        if (isTrace)
            return Take(TraceSize);
        if (!Take(4))
            return false;
        var size = Int32At(_length - 4);
        var padding = (int)(-(_offset + _length) & 3);
        return Take(padding) && Take(size);
    }

    /// <summary>Version 6: 24 bits of size, 8 bits of kind (0 is the end), contents.</summary>
    private bool ReadBlock6()
    {
        if (!Take(4))
            return false;
        var header = Int32At(0);
        return Take(header & 0xFFFFFF) && (header >> 24 != 0 || Finish());
    }

    private bool Finish()
    {
        Terminated = true;
        _ended = true;
        return true;
    }

    private int Int32At(int index) => BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(index));

    private bool Take(int count, int limit = MaxBlock)
    {
        if ((uint)count > (uint)limit)
            return false;
        if (_block.Length < _length + count)
            Array.Resize(ref _block, Math.Max(_length + count, _block.Length * 2));
        var read = _source.ReadAtLeast(_block.AsSpan(_length, count), count, throwOnEndOfStream: false);
        _length += read;
        IsEmpty &= read == 0;
        return read == count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }
}
