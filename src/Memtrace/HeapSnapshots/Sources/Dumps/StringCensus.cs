using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Counts strings with the same characters. Strings are identified by a 64-bit hash and their length: among a hundred million different strings, the chance
/// that two collide is below 1 in 1,000.
/// </summary>
/// <param name="reader">Reads the memory.</param>
/// <param name="withValues">Whether their characters are wanted.</param>
internal sealed class StringCensus(IDataReader reader, bool withValues)
{
    /// <summary>About 50 MB. Strings that differ from all before them are not counted beyond it.</summary>
    private const int MostStrings = 1_000_000;

    private const int MostShown = 500;
    private const int LongestValue = 80;
    private const int LongestRead = 1 << 20;
    private const int LengthOffset = 8;
    private const int CharactersOffset = 12;

    private readonly Dictionary<Key, Amount> _strings = [];
    private byte[] _characters = new byte[1 << 12];

    /// <summary>Whether some strings were not counted, because there are too many different ones.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Counts a string.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    public void Add(ulong address, long size)
    {
        if (!reader.Read(address + LengthOffset, out int length) || length is <= 0 or > LongestRead)
            return;
        if (_characters.Length < length * sizeof(char))
            _characters = new byte[length * sizeof(char)];
        var characters = _characters.AsSpan(0, length * sizeof(char));
        if (reader.Read(address + CharactersOffset, characters) != characters.Length)
            return;
        var key = new Key(Hash(characters), length);
        ref var amount = ref CollectionsMarshal.GetValueRefOrAddDefault(_strings, key, out var exists);
        if (!exists && _strings.Count > MostStrings)
        {
            _strings.Remove(key);
            IsPartial = true;
            return;
        }

        amount = new Amount(exists ? amount.Address : address, amount.Count + 1, amount.Bytes + size);
    }

    /// <summary>What all that are repeated waste, in bytes.</summary>
    public long WastedBytes => _strings.Values.Where(amount => amount.Count > 1).Sum(amount => amount.Bytes - (amount.Bytes / amount.Count));

    /// <summary>Those that are repeated, what wastes most first.</summary>
    public ImmutableArray<RepeatedString> Repeated() =>
    [
        .. _strings.Where(item => item.Value.Count > 1)
            .Select(item => (Text: new RepeatedString(null, item.Key.Length, item.Value.Count, item.Value.Bytes), item.Value.Address))
            .OrderByDescending(item => item.Text.WastedBytes)
            .ThenBy(item => item.Address)
            .Take(MostShown)
            .Select(item => withValues ? item.Text with { Value = Read(item.Address, item.Text.Length) } : item.Text),
    ];

    private string Read(ulong address, int length)
    {
        var characters = new byte[Math.Min(length, LongestValue) * sizeof(char)];
        reader.Read(address + CharactersOffset, characters);
        return new string(MemoryMarshal.Cast<byte, char>(characters));
    }

    // FNV-1a over words, then mixed: a checksum of the platform needs a package.
    private static ulong Hash(ReadOnlySpan<byte> characters)
    {
        const ulong Prime = 0x9E37_79B9_7F4A_7C15;
        var hash = 0xCBF2_9CE4_8422_2325 ^ (ulong)characters.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(characters);
        foreach (var word in words)
            hash = Mixed((hash ^ word) * Prime);
        foreach (var rest in characters[(words.Length * sizeof(ulong))..])
            hash = (hash ^ rest) * Prime;
        return Mixed(hash);
    }

    private static ulong Mixed(ulong hash) => hash ^ (hash >> 29);

    private readonly record struct Key(ulong Hash, int Length);

    private readonly record struct Amount(ulong Address, long Count, long Bytes);
}
