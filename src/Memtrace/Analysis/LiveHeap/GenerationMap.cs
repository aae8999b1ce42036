using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Maps addresses to generations. Immutable except for a cursor that makes ascending lookups cheap.</summary>
internal sealed class GenerationMap
{
    /// <summary>The generation of an address that no range covers.</summary>
    public const int Unknown = -1;

    private readonly ulong[] _starts;
    private readonly (ulong End, int Generation)[] _ranges;
    private int _cursor;

    /// <summary>The map of these ranges.</summary>
    public GenerationMap(IReadOnlyCollection<GenerationRange> ranges)
    {
        _starts = [.. ranges.Select(range => range.Start)];
        _ranges = [.. ranges.Select(range => (range.Start + Math.Max(range.UsedBytes, range.ReservedBytes), range.Generation))];
        Array.Sort(_starts, _ranges);
    }

    /// <summary>A map without ranges.</summary>
    public static GenerationMap Empty => new([]);

    /// <summary>The generation at an address in the runtime's numbering: 3 is the large object heap, 4 the pinned object heap.</summary>
    public int At(ulong address)
    {
        // Ranges of one segment overlap in the memory they reserve; the one with the highest start applies.
        while (_cursor + 1 < _starts.Length && _starts[_cursor + 1] <= address)
            _cursor++;
        if (_cursor >= _starts.Length || _starts[_cursor] > address)
        {
            var index = Array.BinarySearch(_starts, address);
            _cursor = Math.Max(0, index >= 0 ? index : ~index - 1);
        }

        return _cursor < _starts.Length && _starts[_cursor] <= address && address < _ranges[_cursor].End ? _ranges[_cursor].Generation : Unknown;
    }
}
