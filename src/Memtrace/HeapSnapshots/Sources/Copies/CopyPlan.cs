using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// Which pages of a process are copied, and to where. Pages of one mapping that lie close together are one segment of the copy, as a core has it; those between
/// them are zeros there.
/// </summary>
internal sealed class CopyPlan
{
    /// <summary>A core has up to 65,535 segments, and a copy consists of two plans.</summary>
    private const int MostSegments = 30_000;

    private const ulong LeastGap = 1 << 16;
    private const ulong LargestGap = 1UL << 40;

    private readonly List<CoreSegment> _segments = [];
    private readonly List<CopyPart> _parts = [];

    /// <summary>Plans a copy.</summary>
    /// <param name="mappings">The pages of each mapping, by rising addresses.</param>
    /// <param name="offset">The offset of the first one in the copy.</param>
    public CopyPlan(IReadOnlyList<IReadOnlyList<AddressRange>> mappings, long offset)
    {
        var gap = LeastGap;
        while (gap < LargestGap && mappings.Sum(pages => CountSegments(pages, gap)) > MostSegments)
            gap *= 2;
        End = offset;
        foreach (var pages in mappings)
        {
            for (var i = 0; i < pages.Count; i++)
            {
                if (i > 0 && pages[i].Start - pages[i - 1].End <= gap)
                    Extend(pages[i]);
                else
                    Begin(pages[i]);
            }
        }
    }

    /// <summary>The segments of the copy.</summary>
    public IReadOnlyList<CoreSegment> Segments => _segments;

    /// <summary>What to copy.</summary>
    public IReadOnlyList<CopyPart> Parts => _parts;

    /// <summary>Where it ends in the copy.</summary>
    public long End { get; private set; }

    private static int CountSegments(IReadOnlyList<AddressRange> pages, ulong gap)
    {
        var count = pages.Count == 0 ? 0 : 1;
        for (var i = 1; i < pages.Count; i++)
            count += pages[i].Start - pages[i - 1].End > gap ? 1 : 0;
        return count;
    }

    private void Begin(AddressRange range)
    {
        _segments.Add(new CoreSegment(range.Start, (long)range.Size, End));
        AddPart(range);
    }

    private void Extend(AddressRange range)
    {
        _segments[^1] = _segments[^1] with { Size = (long)(range.End - _segments[^1].Address) };
        AddPart(range);
    }

    /// <summary>The pages are the last ones of the last segment.</summary>
    private void AddPart(AddressRange range)
    {
        End = _segments[^1].Offset + _segments[^1].Size;
        _parts.Add(new CopyPart(range, End - (long)range.Size));
    }
}

/// <summary>Pages to copy.</summary>
/// <param name="Range">Their addresses.</param>
/// <param name="Offset">Where they go in the copy.</param>
internal readonly record struct CopyPart(AddressRange Range, long Offset);
