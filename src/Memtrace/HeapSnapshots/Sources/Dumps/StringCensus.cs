using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts strings with the same characters.</summary>
/// <param name="contents">Reads them.</param>
/// <param name="withValues">Whether their characters are wanted.</param>
internal sealed class StringCensus(ContentReader contents, bool withValues) : IObjectCensus
{
    private const int LongestValue = 80;

    private readonly RepeatCensus _repeats = new();

    /// <summary>Whether some strings were not counted, because their characters are unknown, or there are too many different ones.</summary>
    public bool IsPartial => _repeats.IsPartial;

    /// <summary>Bytes wasted by all repeated strings.</summary>
    public long WastedBytes => _repeats.WastedBytes;

    /// <inheritdoc/>
    public void Add(ulong address, long size)
    {
        var length = contents.LengthOf(address);
        if (length == 0)
            return;
        if (length is { } characters && contents.Digest(address + ObjectParts.Characters, (long)characters * sizeof(char)) is { } digest)
            _repeats.Add(new("", characters, digest.Hash), address, size);
        else
            _repeats.Skip();
    }

    /// <summary>Those that are repeated, most wasteful first.</summary>
    public ImmutableArray<RepeatedString> Repeated() =>
    [
        .. _repeats.Repeated().Select(repeat => new RepeatedString(
            withValues ? Read(repeat.Address, repeat.Content.Length) : null, repeat.Content.Length, repeat.Count, repeat.Bytes)),
    ];

    private string Read(ulong address, int length) =>
        new(MemoryMarshal.Cast<byte, char>(contents.Beginning(address + ObjectParts.Characters, Math.Min(length, LongestValue) * sizeof(char))));
}
