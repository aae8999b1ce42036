namespace Memtrace.Analysis.Symbols;

/// <summary>Maps native code to IL offsets. Immutable.</summary>
/// <remarks>
/// The runtime's maps contain three special IL offsets (dotnet/runtime src/coreclr/inc/cordebuginfo.h). The prolog (-2) counts as the first
/// statement, because optimized code has no other entry for it. The epilog (-3) is ignored. Code without mapping (-1) is that of inlined methods: it follows
/// the code of the statement that calls them, but a statement that is nothing but inlined code has no entry of its own, so it can also belong to one of
/// the next statements that have none.
/// </remarks>
internal sealed class ILMap
{
    private const int Prolog = -2;
    private const int NoMapping = -1;

    /// <summary>Native offset in the upper half, IL offset in the lower: in order, the last of several entries at one native offset is the best.</summary>
    private readonly long[] _entries;

    /// <summary>Copies the pairs, which can be in any order.</summary>
    public ILMap(ReadOnlySpan<int> ilOffsets, ReadOnlySpan<int> nativeOffsets)
    {
        var entries = new List<long>(ilOffsets.Length);
        for (var i = 0; i < ilOffsets.Length; i++)
        {
            if (ilOffsets[i] is >= 0 or Prolog or NoMapping)
                entries.Add(((long)nativeOffsets[i] << 32) + (ilOffsets[i] == Prolog ? 0 : ilOffsets[i]));
        }

        entries.Sort();
        _entries = [.. entries];
    }

    /// <summary>The IL of the code at <paramref name="nativeOffset"/>; null if unknown.</summary>
    public ILRange? At(int nativeOffset)
    {
        // Greater than every entry at this offset and equal to none, so the search ends at the next one.
        var next = ~Array.BinarySearch(_entries, ((long)nativeOffset << 32) + int.MaxValue);
        var last = next - 1;
        while (last >= 0 && IsUnmapped(_entries[last]))
            last--;
        if (last < 0)
            return null;
        var start = (int)_entries[last];
        return last == next - 1 ? start : new ILRange(start, NextMapped(start));
    }

    /// <summary>All IL that the code at <paramref name="nativeOffset"/> can come from, to the end of its statements; null if unknown.</summary>
    public ILRange? StatementsAt(int nativeOffset) => At(nativeOffset) is { Start: var start } ? new ILRange(start, NextMapped(start)) : null;

    /// <summary>A sum with -1 borrows from the native offset, which leaves all bits of the IL offset set.</summary>
    private static bool IsUnmapped(long entry) => (int)entry == NoMapping;

    private int NextMapped(int ilOffset)
    {
        var next = int.MaxValue;
        foreach (var entry in _entries)
        {
            if ((int)entry > ilOffset)
                next = Math.Min(next, (int)entry);
        }

        return next;
    }
}
