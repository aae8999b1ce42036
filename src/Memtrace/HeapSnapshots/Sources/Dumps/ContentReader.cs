using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Reads the contents of strings and arrays, piece by piece: they may be larger than the memory of the reader. Not thread-safe.</summary>
/// <param name="reader">Reads the memory.</param>
internal sealed class ContentReader(IDataReader reader)
{
    /// <summary>A multiple of the size of a word, so that only the last piece ends within one.</summary>
    private readonly byte[] _piece = new byte[1 << 16];

    /// <summary>The number of elements of a string or an array; null where the memory is not there.</summary>
    /// <param name="address">The address of the object.</param>
    public int? LengthOf(ulong address) => reader.Read(address + ObjectParts.Fields, out int length) && length >= 0 ? length : null;

    /// <summary>Sums up a content; null where not all of it is there.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">How many bytes it has.</param>
    public ContentDigest? Digest(ulong address, long length)
    {
        var digest = ContentDigest.Empty;
        for (var done = 0L; done < length; done += _piece.Length)
        {
            var piece = _piece.AsSpan(0, (int)Math.Min(_piece.Length, length - done));
            if (reader.Read(address + (ulong)done, piece) != piece.Length)
                return null;
            digest = digest.Plus(piece);
        }

        return digest;
    }

    /// <summary>The beginning of a content.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">How many bytes are wanted.</param>
    public byte[] Beginning(ulong address, int length)
    {
        var bytes = new byte[length];
        return bytes[..Math.Max(0, reader.Read(address, bytes))];
    }
}

/// <summary>A content in short.</summary>
/// <param name="Hash">A hash of it.</param>
/// <param name="ZeroBytes">How many bytes the words (of 8 bytes) have that are zero.</param>
internal readonly record struct ContentDigest(ulong Hash, long ZeroBytes)
{
    /// <summary>Of no content.</summary>
    public static ContentDigest Empty { get; } = new(0xCBF2_9CE4_8422_2325, 0);

    /// <summary>With what follows. FNV-1a over words, mixed: a checksum of the platform needs a package.</summary>
    /// <param name="content">The next part; all but the last are whole words.</param>
    public ContentDigest Plus(ReadOnlySpan<byte> content)
    {
        const ulong Prime = 0x9E37_79B9_7F4A_7C15;
        var hash = Hash;
        var words = MemoryMarshal.Cast<byte, ulong>(content);
        foreach (var word in words)
            hash = Mixed((hash ^ word) * Prime);
        foreach (var rest in content[(words.Length * sizeof(ulong))..])
            hash = (hash ^ rest) * Prime;
        return new(Mixed(hash), ZeroBytes + (sizeof(ulong) * (long)words.Count(0UL)));
    }

    private static ulong Mixed(ulong hash) => hash ^ (hash >> 29);
}
