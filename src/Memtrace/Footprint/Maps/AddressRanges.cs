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

    private AddressRange? Before(ulong address)
    {
        var (low, high) = (0, _ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ranges[middle].Start <= address ? (middle + 1, high) : (low, middle);
        }

        return low > 0 ? _ranges[low - 1] : null;
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
