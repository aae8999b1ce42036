using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Reads the contents of strings and arrays, piece by piece: they may be larger than the memory of the reader. Not thread-safe.</summary>
/// <param name="memory">The memory.</param>
internal sealed class ContentReader(CoreMemory memory)
{
    /// <summary>A multiple of the size of a word, so that only the last piece ends within one.</summary>
    private readonly byte[] _piece = new byte[1 << 16];

    /// <summary>The number of elements of a string or an array; null if the memory is not there.</summary>
    /// <param name="address">The address of the object.</param>
    public int? LengthOf(ulong address) => memory.WordsFrom(address + ObjectParts.Fields) is [var word, ..] && (int)word is >= 0 and var length ? length : null;

    /// <summary>Sums up a content; null where not all of it is known.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">How many bytes it has.</param>
    public ContentDigest? Digest(ulong address, long length)
    {
        if (memory.LeavesOut(new AddressRange(address, address + (ulong)length)))
            return null;
        var digest = ContentDigest.Empty;
        for (var done = 0L; done < length; done += _piece.Length)
        {
            if (Piece(address + (ulong)done, (int)Math.Min(_piece.Length, length - done)) is not { IsEmpty: false } piece)
                return null;
            digest = digest.Plus(piece);
        }

        return digest;
    }

    /// <summary>A part of a content, copied only if the dump does not have it in one place. Empty where not all of it is known.</summary>
    private ReadOnlySpan<byte> Piece(ulong address, int length)
    {
        if (memory.BytesFrom(address) is var found && found.Length >= length)
            return found[..length];
        return memory.Read(address, _piece.AsSpan(0, length)) == length ? _piece.AsSpan(0, length) : default;
    }

    /// <summary>The beginning of a content.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">How many bytes are wanted.</param>
    public byte[] Beginning(ulong address, int length)
    {
        var bytes = new byte[length];
        return bytes[..Math.Max(0, memory.Read(address, bytes))];
    }
}

/// <summary>A digest of a content.</summary>
/// <param name="Hash">A hash of it.</param>
/// <param name="ZeroBytes">How many bytes the words (of 8 bytes) have that are zero.</param>
internal readonly record struct ContentDigest(ulong Hash, long ZeroBytes)
{
    /// <summary>The digest of no content.</summary>
    public static ContentDigest Empty { get; } = new(0xCBF2_9CE4_8422_2325, 0);

    /// <summary>Adds the next part. FNV-1a over words, mixed: the platform's checksums need a package.</summary>
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
