using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Memtrace.Recording.Buffering;

/// <summary>Reads the events of a spool in order.</summary>
/// <param name="file">The file.</param>
/// <param name="end">The end of the last event.</param>
internal sealed class EventSpoolReader(SafeFileHandle file, long end)
{
    private byte[] _chunk = new byte[EventSpool.ChunkSize];
    private long _chunkStart;
    private int _filled;
    private int _length;

    /// <summary>Where the event starts.</summary>
    public long Position { get; private set; }

    /// <summary>The type of the event.</summary>
    public int MetadataId => BinaryPrimitives.ReadInt32LittleEndian(Header);

    /// <summary>Its thread.</summary>
    public ulong Thread => BinaryPrimitives.ReadUInt64LittleEndian(Header[4..]);

    /// <summary>Its time, in ticks.</summary>
    public long Timestamp => BinaryPrimitives.ReadInt64LittleEndian(Header[12..]);

    /// <summary>Its payload, valid until the next call of <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Payload => _chunk.AsSpan((int)(Position - _chunkStart) + EventSpool.HeaderSize, _length - EventSpool.HeaderSize);

    private ReadOnlySpan<byte> Header => _chunk.AsSpan((int)(Position - _chunkStart), EventSpool.HeaderSize);

    /// <summary>Moves on to the next event.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Read()
    {
        Position += _length;
        _length = 0;
        if (Position == end)
            return false;
        Fill(EventSpool.HeaderSize);
        _length = EventSpool.HeaderSize + BinaryPrimitives.ReadInt32LittleEndian(Header[20..]);
        Fill(_length);
        return true;
    }

    /// <summary>Makes sure that the chunk has that much from the position on.</summary>
    private void Fill(int length)
    {
        if (Position + length <= _chunkStart + _filled)
            return;
        if (length > _chunk.Length)
            _chunk = new byte[length];
        (_chunkStart, _filled) = (Position, 0);
        while (_filled < length)
        {
            var count = RandomAccess.Read(file, _chunk.AsSpan(_filled), _chunkStart + _filled);
            _filled += count > 0 ? count : throw new EndOfStreamException("The buffer file has been truncated.");
        }
    }
}
