using System.Collections.Immutable;

namespace Memtrace.Footprint.Maps;

/// <summary>A set of addresses in ranges, with lookups in logarithmic time. Immutable.</summary>
internal sealed class AddressRanges
{
    private readonly ImmutableArray<AddressRange> _ranges;

    /// <param name="ranges">The ranges, in any order; ranges that overlap or adjoin are merged.</param>
    public AddressRanges(IEnumerable<AddressRange> ranges) => _ranges = Merge(ranges.Where(range => !range.IsEmpty).OrderBy(range => range.Start));

    /// <summary>Whether all addresses of a range are in the set.</summary>
    public bool Contains(AddressRange range) => Before(range.Start) is { } candidate && candidate.Contains(range);

    /// <summary>Whether an address is in the set.</summary>
    public bool Contains(ulong address) => Before(address) is { } candidate && candidate.Contains(address);

    /// <summary>Whether an address of a range is in the set.</summary>
    public bool Overlaps(AddressRange range) => !range.IsEmpty && Before(range.End - 1) is { } candidate && candidate.End > range.Start;

    /// <summary>What of some ranges is not in the set.</summary>
    /// <param name="ranges">The ranges.</param>
    public IReadOnlyList<AddressRange> Outside(IReadOnlyList<AddressRange> ranges) => _ranges.IsEmpty ? ranges : [.. ranges.SelectMany(Outside)];

    private IEnumerable<AddressRange> Outside(AddressRange range)
    {
        var start = range.Start;
        for (var next = Math.Max(0, CountUpTo(start) - 1); next < _ranges.Length && _ranges[next].Start < range.End; next++)
        {
            if (_ranges[next].Start > start)
                yield return new AddressRange(start, _ranges[next].Start);
            start = Math.Max(start, _ranges[next].End);
        }

        if (start < range.End)
            yield return range with { Start = start };
    }

    private AddressRange? Before(ulong address) => CountUpTo(address) is > 0 and var count ? _ranges[count - 1] : null;

    /// <summary>How many ranges begin at an address or before it.</summary>
    private int CountUpTo(ulong address)
    {
        var (low, high) = (0, _ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ranges[middle].Start <= address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static ImmutableArray<AddressRange> Merge(IEnumerable<AddressRange> ordered)
    {
        var merged = new List<AddressRange>();
        foreach (var range in ordered)
        {
            if (merged.Count > 0 && range.Start <= merged[^1].End)
                merged[^1] = merged[^1] with { End = Math.Max(merged[^1].End, range.End) };
            else
                merged.Add(range);
        }

        return [.. merged];
    }
}
