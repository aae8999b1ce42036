using System.Text;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Writes numbers and texts one after the other: the content of a snapshot file. Not thread-safe.</summary>
/// <param name="stream">Where to write. The caller closes it.</param>
internal sealed class SnapshotContentWriter(Stream stream)
{
    private const int LongestNumber = 10;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _count;

    /// <summary>A number of 0 or more: seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    /// <param name="value">The number.</param>
    public void Unsigned(ulong value)
    {
        if (_count > _buffer.Length - LongestNumber)
            Flush();
        for (; value >= 0x80; value >>= 7)
            _buffer[_count++] = (byte)(value | 0x80);
        _buffer[_count++] = (byte)value;
    }

    /// <summary>A number of 0 or more.</summary>
    /// <param name="value">The number.</param>
    public void Count(long value) => Unsigned(checked((ulong)value));

    /// <summary>A number with a sign: 0, -1, 1, -2, 2 and so on are counted through.</summary>
    /// <param name="value">The number.</param>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A length and as many bytes of UTF-8.</summary>
    /// <param name="text">The text.</param>
    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Count(bytes.Length);
        Flush();
        stream.Write(bytes);
    }

    /// <summary>Writes what is buffered to the stream.</summary>
    public void Flush()
    {
        stream.Write(_buffer, 0, _count);
        _count = 0;
    }
}

/// <summary>Reads what <see cref="SnapshotContentWriter"/> writes. Every length is checked. Not thread-safe.</summary>
/// <param name="stream">Where from. The caller closes it.</param>
internal sealed class SnapshotContentReader(Stream stream)
{
    private const int LongestText = 1 << 22;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _next;
    private int _end;

    /// <summary>A number of 0 or more.</summary>
    /// <exception cref="InvalidDataException">The content ends, or the number does not.</exception>
    public ulong Unsigned()
    {
        ulong value = Byte();
        if (value < 0x80)
            return value;
        value &= 0x7F;
        for (var shift = 7; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("a number does not end");
    }

    /// <summary>A number from 0 to another one.</summary>
    /// <param name="most">The largest that is possible.</param>
    /// <exception cref="InvalidDataException">The content ends, or the number is larger.</exception>
    public int Count(int most = int.MaxValue) => Unsigned() is var value && value <= (ulong)most ? (int)value : throw new InvalidDataException("a number is too large");

    /// <summary>A number of bytes.</summary>
    /// <exception cref="InvalidDataException">The content ends, or the number is too large.</exception>
    public long Size() => Unsigned() is var value && value <= long.MaxValue ? (long)value : throw new InvalidDataException("a size is too large");

    /// <summary>A number with a sign.</summary>
    /// <exception cref="InvalidDataException">The content ends, or the number does not.</exception>
    public long Signed() => Unsigned() is var value ? (long)(value >> 1) ^ -(long)(value & 1) : 0;

    /// <summary>A text.</summary>
    /// <exception cref="InvalidDataException">The content ends, or the text is too long.</exception>
    public string Text()
    {
        var bytes = new byte[Count(LongestText)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = Byte();
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Whether nothing follows.</summary>
    public bool IsAtEnd => _next == _end && !Fill();

    /// <summary>Makes sure that nothing follows, which also makes the stream verify its checksum.</summary>
    /// <exception cref="InvalidDataException">Something follows, or the content is damaged.</exception>
    public void End()
    {
        if (_next < _end || Fill())
            throw new InvalidDataException("data follows the end");
    }

    private byte Byte()
    {
        if (_next == _end && !Fill())
            throw new InvalidDataException("it is cut off");
        return _buffer[_next++];
    }

    private bool Fill()
    {
        (_next, _end) = (0, stream.Read(_buffer, 0, _buffer.Length));
        return _end > 0;
    }
}
