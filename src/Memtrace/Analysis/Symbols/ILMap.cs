namespace Memtrace.Analysis.Symbols;

/// <summary>Which IL offset each part of a native code comes from. Immutable.</summary>
internal sealed class ILMap
{
    private readonly int[] _nativeOffsets;
    private readonly int[] _ilOffsets;

    /// <summary>Copies the pairs. Negative IL offsets (prolog, epilog, none) are not in the IL and are left out.</summary>
    public ILMap(ReadOnlySpan<int> ilOffsets, ReadOnlySpan<int> nativeOffsets)
    {
        var inIL = 0;
        foreach (var offset in ilOffsets)
            inIL += offset >= 0 ? 1 : 0;
        _ilOffsets = new int[inIL];
        _nativeOffsets = new int[inIL];
        for (int from = 0, to = 0; from < ilOffsets.Length; from++)
        {
            if (ilOffsets[from] < 0)
                continue;
            _ilOffsets[to] = ilOffsets[from];
            _nativeOffsets[to++] = nativeOffsets[from];
        }

        Array.Sort(_nativeOffsets, _ilOffsets);
    }

    /// <summary>The IL offset of the code at <paramref name="nativeOffset"/>, or null where the map has none at or before it.</summary>
    public int? ILOffset(int nativeOffset)
    {
        var index = Array.BinarySearch(_nativeOffsets, nativeOffset);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 ? _ilOffsets[index] : null;
    }
}
