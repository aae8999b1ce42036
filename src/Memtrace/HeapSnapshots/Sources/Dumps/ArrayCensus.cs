using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts arrays with the same content, and those that are empty or contain hardly anything but zeros.</summary>
/// <param name="contents">Reads them.</param>
/// <param name="withValues">Whether the beginnings of contents are wanted.</param>
internal sealed class ArrayCensus(ContentReader contents, bool withValues)
{
    private const int MostTypes = 500;

    private readonly RepeatCensus _repeats = new();
    private readonly Dictionary<string, ArrayUse> _uses = [];

    /// <summary>The result.</summary>
    public DumpedArrays Result() => new()
    {
        Repeated = [.. _repeats.Repeated().Select(Describe)],
        RepeatedCount = _repeats.RepeatedCount,
        WastedBytes = _repeats.WastedBytes,
        HasAll = !_repeats.IsPartial,
        Sparse = [.. Sparse().OrderByDescending(use => use.ZeroBytes).ThenByDescending(use => use.Empty).ThenBy(use => use.Type, StringComparer.Ordinal).Take(MostTypes)],
        SparseTypeCount = Sparse().Count(),
        ZeroBytes = Sparse().Sum(use => use.ZeroBytes),
    };

    /// <summary>Counts arrays of a type; null for arrays of several dimensions.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">Its readable name.</param>
    public IObjectCensus? Of(ClrType type, string name) =>
        type.ElementType == ClrElementType.SZArray && type.ComponentSize > 0 ? new TypeCensus(this, contents, name, type.ComponentSize, !type.ContainsPointers) : null;

    private IEnumerable<ArrayUse> Sparse() => _uses.Values.Where(use => use.Empty + use.Sparse > 0);

    private RepeatedArray Describe(RepeatCensus.Repeat repeat) =>
        new(repeat.Content.Type, withValues ? ValueOf(repeat) : null, repeat.Content.Length, repeat.Count, repeat.Bytes);

    /// <summary>The beginning of characters or bytes, as text where it is one.</summary>
    private string? ValueOf(RepeatCensus.Repeat repeat)
    {
        const int LongestText = 80;
        const int MostBytes = 16;
        var length = Math.Min(repeat.Content.Length, LongestText);
        if (repeat.Content.Type == "System.Char[]")
            return new(MemoryMarshal.Cast<byte, char>(contents.Beginning(repeat.Address + ObjectParts.Elements, length * sizeof(char))));
        if (repeat.Content.Type != "System.Byte[]")
            return null;
        var bytes = contents.Beginning(repeat.Address + ObjectParts.Elements, length);
        return bytes.All(character => character is (>= 0x20 and < 0x7F) or (byte)'\t' or (byte)'\r' or (byte)'\n')
            ? Encoding.ASCII.GetString(bytes)
            : $"0x{Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, MostBytes)))}";
    }

    private void Add(string type, long size, long zeroBytes, int length, long bytes)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, type, out _);
        use ??= new ArrayUse(type, 0, 0, 0, 0, 0);
        var isSparse = length > 0 && zeroBytes >= bytes - (bytes / 10);
        use = new ArrayUse(type, use.Count + 1, use.Bytes + size, use.Empty + (length == 0 ? 1 : 0), use.Sparse + (isSparse ? 1 : 0), use.ZeroBytes + (isSparse ? zeroBytes : 0));
    }

    /// <summary>Counts arrays of one type. Arrays of references are not compared: equal ones are not accidental copies.</summary>
    private sealed class TypeCensus(ArrayCensus all, ContentReader contents, string name, int elementSize, bool areCompared) : IObjectCensus
    {
        public void Add(ulong address, long size)
        {
            var length = contents.LengthOf(address);
            var bytes = (long)length.GetValueOrDefault() * elementSize;
            var digest = length is null ? null : contents.Digest(address + ObjectParts.Elements, bytes);
            if (length is { } known)
                all.Add(name, size, digest?.ZeroBytes ?? 0, known, bytes);
            if (digest is null)
                all._repeats.Skip();
            else if (areCompared && length > 0)
                all._repeats.Add(new(name, length.Value, digest.Value.Hash), address, size);
        }
    }
}
