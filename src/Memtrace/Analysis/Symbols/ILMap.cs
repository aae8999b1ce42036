namespace Memtrace.Analysis.Symbols;

/// <summary>Which IL offset each part of a native code comes from. Immutable.</summary>
/// <remarks>
/// Three special IL offsets stand in the runtime's maps. The prolog (-2) counts as the method's first statement, for optimized code has no other
/// entry for that. The epilog (-3) is left out. What has no mapping (-1) has no IL offset here either.
/// </remarks>
internal sealed class ILMap
{
    private const int NoMapping = -1, Prolog = -2, Epilog = -3;

    /// <summary>Native offset in the upper half, IL offset + 1 in the lower: sorted, the last of several entries at a place is the best.</summary>
    private readonly long[] _entries;

    /// <summary>Copies the pairs, which may be in any order.</summary>
    public ILMap(ReadOnlySpan<int> ilOffsets, ReadOnlySpan<int> nativeOffsets)
    {
        var entries = new List<long>(ilOffsets.Length);
        for (var i = 0; i < ilOffsets.Length; i++)
        {
            var ilOffset = ilOffsets[i] == Prolog ? 0 : ilOffsets[i];
            if (ilOffset != Epilog)
                entries.Add(Entry(nativeOffsets[i], Math.Max(ilOffset, NoMapping)));
        }

        entries.Sort();
        _entries = [.. entries];
    }

    /// <summary>The IL offset of the code at <paramref name="nativeOffset"/>, or null where it has none.</summary>
    public int? ILOffset(int nativeOffset)
    {
        // Greater than every entry at this place and equal to none, so the search ends at the next one.
        var next = ~Array.BinarySearch(_entries, ((long)nativeOffset << 32) | uint.MaxValue);
        var ilOffset = next > 0 ? (int)_entries[next - 1] - 1 : NoMapping;
        return ilOffset >= 0 ? ilOffset : null;
    }

    private static long Entry(int nativeOffset, int ilOffset) => ((long)nativeOffset << 32) | (uint)(ilOffset + 1);
}
