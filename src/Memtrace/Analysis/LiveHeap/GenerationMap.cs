using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Which generation is where in the heap. Immutable but for a finger that makes ascending look-ups cheap.</summary>
internal sealed class GenerationMap
{
    /// <summary>The generation of an address that no range covers.</summary>
    public const int Unknown = -1;

    private readonly ulong[] _starts;
    private readonly (ulong End, int Generation)[] _ranges;
    private int _finger;

    /// <summary>The map of these ranges.</summary>
    public GenerationMap(IReadOnlyCollection<GenerationRange> ranges)
    {
        _starts = [.. ranges.Select(range => range.Start)];
        _ranges = [.. ranges.Select(range => (range.Start + Math.Max(range.UsedBytes, range.ReservedBytes), range.Generation))];
        Array.Sort(_starts, _ranges);
    }

    /// <summary>A map of nothing.</summary>
    public static GenerationMap Empty => new([]);

    /// <summary>The generation at an address, as the runtime numbers it: 3 is the large, 4 the pinned object heap.</summary>
    public int At(ulong address)
    {
        // Ranges of one segment reserve the same room; the one that begins last is meant.
        while (_finger + 1 < _starts.Length && _starts[_finger + 1] <= address)
            _finger++;
        if (_finger >= _starts.Length || _starts[_finger] > address)
        {
            var index = Array.BinarySearch(_starts, address);
            _finger = Math.Max(0, index >= 0 ? index : ~index - 1);
        }

        return _finger < _starts.Length && _starts[_finger] <= address && address < _ranges[_finger].End ? _ranges[_finger].Generation : Unknown;
    }
}
