namespace Memtrace.Analysis.Symbols;

/// <summary>Which IL offset each part of a native code comes from. Immutable.</summary>
/// <remarks>
/// Three special IL offsets stand in the runtime's maps (dotnet/runtime src/coreclr/inc/cordebuginfo.h). The prolog (-2) counts as the method's first
/// statement, for optimized code has no other entry for that. The epilog (-3) is left out. So is what has no mapping (-1): optimized code has it
/// for the code of inlined methods, which stands behind that of the statement that calls them.
/// </remarks>
internal sealed class ILMap
{
    private const int Prolog = -2;

    /// <summary>Native offset in the upper half, IL offset in the lower: sorted, the last of several entries at a place is the best.</summary>
    private readonly long[] _entries;

    /// <summary>Copies the pairs, which may be in any order.</summary>
    public ILMap(ReadOnlySpan<int> ilOffsets, ReadOnlySpan<int> nativeOffsets)
    {
        var entries = new List<long>(ilOffsets.Length);
        for (var i = 0; i < ilOffsets.Length; i++)
        {
            if (ilOffsets[i] is >= 0 or Prolog)
                entries.Add(((long)nativeOffsets[i] << 32) | (uint)Math.Max(ilOffsets[i], 0));
        }

        entries.Sort();
        _entries = [.. entries];
    }

    /// <summary>The IL offset of the code at <paramref name="nativeOffset"/>, or null where it has none.</summary>
    public int? ILOffset(int nativeOffset)
    {
        // Greater than every entry at this place and equal to none, so the search ends at the next one.
        var next = ~Array.BinarySearch(_entries, ((long)nativeOffset << 32) | uint.MaxValue);
        return next > 0 ? (int)_entries[next - 1] : null;
    }
}
