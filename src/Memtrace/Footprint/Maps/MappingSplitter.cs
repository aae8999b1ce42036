namespace Memtrace.Footprint.Maps;

/// <summary>Splits a mapping, and its figures, by the resident pages of each part.</summary>
/// <param name="memory">The memory of the process.</param>
internal sealed class MappingSplitter(ITargetMemory memory)
{
    private readonly bool[] _pages = new bool[4096];

    /// <summary>Splits a mapping in two; returns it whole if the address is not inside.</summary>
    public IReadOnlyList<Mapping> Split(Mapping mapping, ulong address)
    {
        if (address <= mapping.Start || address >= mapping.End)
            return [mapping];
        var front = Front(mapping, address);
        return
        [
            front,
            mapping with
            {
                Range = mapping.Range with { Start = address },
                Rss = mapping.Rss - front.Rss,
                Swap = mapping.Swap - front.Swap,
                LazilyFreed = mapping.LazilyFreed - front.LazilyFreed,
                HugePages = mapping.HugePages - front.HugePages,
            },
        ];
    }

    private Mapping Front(Mapping mapping, ulong address)
    {
        var range = mapping.Range with { End = address };
        var bySize = (double)range.Size / mapping.Size;
        var rss = ResidentBytes(range) is { } bytes ? Math.Min(bytes, mapping.Rss) : InKibibytes(mapping.Rss * bySize);
        var share = mapping.Rss > 0 ? (double)rss / mapping.Rss : bySize;
        return mapping with
        {
            Range = range,
            Rss = rss,
            Swap = mapping.Rss == 0 ? 0 : InKibibytes(mapping.Swap * share),
            LazilyFreed = InKibibytes(mapping.LazilyFreed * share),
            HugePages = InKibibytes(mapping.HugePages * share),
        };
    }

    private static long InKibibytes(double bytes) => (long)bytes / 1024 * 1024;

    private long? ResidentBytes(AddressRange range)
    {
        var pageSize = Environment.SystemPageSize;
        var count = 0L;
        for (var address = range.Start; address < range.End; address += (ulong)(_pages.Length * pageSize))
        {
            var part = _pages.AsSpan(0, (int)Math.Min((ulong)_pages.Length, (range.End - address) / (ulong)pageSize));
            if (!memory.TryReadResidency(address, part))
                return null;
            count += part.Count(true);
        }

        return count * pageSize;
    }
}
