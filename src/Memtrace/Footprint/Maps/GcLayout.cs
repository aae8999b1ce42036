namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds the GC's memory by the way the GC lays it out (dotnet/runtime, src/coreclr/gc). The GC reserves addresses (no access,
/// MADV_DONTDUMP) and makes accessible what it needs, so its memory is in runs of accessible and reserved mappings.
/// </summary>
/// <remarks>
/// With regions (.NET 7 and later) one address range of size H holds the whole heap, and another one the bookkeeping, which begins with the
/// card table and the brick table of H / 2048 bytes each. Each table's accessible part begins where the table begins. The distance between
/// two of them gives H, and the start of the first table even if the kernel has merged it with unrelated memory below. With segments there
/// are several ranges, each with accessible memory followed by the reserved rest of a segment.
/// </remarks>
internal sealed class GcLayout
{
    /// <summary>Bytes of heap for each byte of card table, and of brick table.</summary>
    private const ulong HeapPerTableByte = 2048;

    /// <summary>The table size is known to a page, so H is known to twice the bytes of heap that a page of table covers, including alignment.</summary>
    private const ulong Slack = 2 * 4096 * HeapPerTableByte;

    /// <summary>Regions are at least this large, and aligned to it.</summary>
    private const ulong SmallestRegion = 1 << 20;

    /// <summary>Segments are larger.</summary>
    private const ulong SmallestSegment = 16 << 20;

    /// <summary>Of what the GC reserves besides heap and tables (lists, for example), no part in use is larger.</summary>
    private const ulong LargestOther = 1 << 20;

    private readonly List<(ulong Start, ulong End)> _heap = [];
    private readonly List<(ulong Start, ulong End)> _bookkeeping = [];

    private GcLayout()
    {
    }

    /// <summary>Whether the size of the GC's tables confirms the heap's range.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Where the GC's tables and its heap begin, possibly in the middle of a mapping; empty if unknown.</summary>
    public IReadOnlyList<ulong> Starts => IsConfirmed ? [BookkeepingStart, _heap[0].Start] : [];

    private ulong BookkeepingStart { get; set; }

    public static GcLayout Find(IReadOnlyList<Mapping> mappings, CodeRange code)
    {
        var runs = AddressRuns.Of(mappings.Where(mapping => IsCandidate(mapping) && !code.Contains(mapping)))
            .Where(run => run.Any(mapping => mapping.IsReserved && mapping.IsNotDumped))
            .ToList();
        var layout = new GcLayout();
        if (!layout.FindRegions(runs))
            layout.FindSegments(runs);
        layout._bookkeeping.AddRange(runs.SelectMany(layout.FindBookkeeping));
        return layout;
    }

    /// <summary>Null if the mapping is not the GC's.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (_heap.Any(range => mapping.Start >= range.Start && mapping.End <= range.End))
            return new Classification(MemoryKind.GcHeap, IsConfirmed ? "anonymous, in the range of the GC's heap" : "anonymous, followed by the reserved rest of a GC segment or region");
        return _bookkeeping.Any(range => mapping.Start >= range.Start && mapping.End <= range.End)
            ? new Classification(MemoryKind.GcBookkeeping, "anonymous, in a range that the GC reserved for its tables")
            : null;
    }

    private static bool IsCandidate(Mapping mapping) =>
        mapping.IsAnonymous && !mapping.IsNotAccounted && !mapping.HasNoHugePages && !mapping.IsExecutable;

    private bool FindRegions(List<IReadOnlyList<Mapping>> runs)
    {
        foreach (var tables in runs)
        {
            if (FindTables(tables) is not { } found || runs.Select(run => FindHeap(run, found.HeapSize)).FirstOrDefault(heap => heap.End > 0) is not { End: > 0 } heap)
                continue;
            _heap.Add(heap);
            IsConfirmed = true;
            BookkeepingStart = found.Start;
            return true;
        }

        return false;
    }

    /// <summary>The start of the card table and the size of the heap's range.</summary>
    private static (ulong Start, ulong HeapSize)? FindTables(IReadOnlyList<Mapping> run)
    {
        var parts = Accessible(run).Take(3).ToList();
        if (parts is not [var cards, var bricks, var next])
            return null;
        var table = next.Start - bricks.Start;
        var start = bricks.Start - Math.Min(table, bricks.Start);
        return table >= 4096 && start >= cards.Start && start < cards.End ? (start, table * HeapPerTableByte) : null;
    }

    /// <summary>
    /// The heap's range, if it is in a run: it ends with reserved memory and begins with a region. It usually begins with a mapping, but in the
    /// middle of one if the kernel has merged it with unrelated memory below.
    /// </summary>
    private static (ulong Start, ulong End) FindHeap(IReadOnlyList<Mapping> run, ulong size)
    {
        var accessible = run.Where(mapping => !mapping.IsReserved).ToList();
        foreach (var end in run.Where(mapping => mapping.IsReserved).Select(mapping => mapping.End).Where(end => end > size).Reverse())
        {
            var start = (end - size + (SmallestRegion / 2)) / SmallestRegion * SmallestRegion;
            var near = accessible.Where(mapping => mapping.Start % SmallestRegion == 0 && mapping.Start < end && Distance(mapping.Start, start) <= Slack)
                .Select(mapping => mapping.Start).ToList();
            if (near.Contains(start) || near.All(other => other > start) && accessible.Any(mapping => mapping.Contains(start)))
                return (start, end);
            if (near.Count > 0)
                return (near[0], end);
        }

        return default;
    }

    private void FindSegments(List<IReadOnlyList<Mapping>> runs)
    {
        foreach (var run in runs)
            _heap.AddRange(Accessible(run).Where(part => part.ReservedEnd - part.Start >= SmallestSegment).Select(part => (part.Start, part.ReservedEnd)));

        // A small heap with regions has no part that large.
        var largest = runs.MaxBy(run => run[^1].End - run[0].Start);
        if (largest?.FirstOrDefault(mapping => !mapping.IsReserved && mapping.Start % SmallestRegion == 0) is { } first)
            _heap.Add((first.Start, largest[^1].End));
    }

    /// <summary>The accessible parts of a run, each with the end of the reserved memory that follows it.</summary>
    private static IEnumerable<(ulong Start, ulong End, ulong ReservedEnd)> Accessible(IReadOnlyList<Mapping> run)
    {
        for (var i = 0; i < run.Count;)
        {
            var start = run[i].Start;
            for (; i < run.Count && !run[i].IsReserved; i++)
            {
            }

            var end = i == 0 ? start : run[i - 1].End;
            for (; i < run.Count && run[i].IsReserved; i++)
            {
            }

            if (end > start)
                yield return (start, end, run[i - 1].End);
        }
    }

    /// <summary>
    /// The tables' run from their start, and in other runs the parts that are too small to be unrelated memory. If the tables were not found, the whole run.
    /// </summary>
    private IEnumerable<(ulong Start, ulong End)> FindBookkeeping(IReadOnlyList<Mapping> run)
    {
        if (!IsConfirmed)
            return [(run[0].Start, run[^1].End)];
        return run[0].Start <= BookkeepingStart && BookkeepingStart < run[^1].End
            ? [(BookkeepingStart, run[^1].End)]
            : Accessible(run).Where(part => part.End - part.Start <= LargestOther).Select(part => (part.Start, part.ReservedEnd));
    }

    private static ulong Distance(ulong left, ulong right) => left > right ? left - right : right - left;
}
