namespace Memtrace.Footprint.Maps;

/// <summary>
/// Where the GC's memory is, found by how the GC lays it out (dotnet/runtime, src/coreclr/gc). It reserves (no access, MADV_DONTDUMP) and
/// makes accessible what it needs of that, so its memory lies in runs of both.
/// </summary>
/// <remarks>
/// With regions (.NET 7 and later) there is one range of addresses of a size H for the whole heap, and one for the bookkeeping, which begins with the card table and
/// the brick table of H / 2048 bytes each. The accessible parts of the latter begin where its tables do, so two of them next to each other tell H, and
/// where the first table begins even if foreign memory in front of it has grown together with it. With segments there are several ranges, each
/// of accessible memory with the reserved rest of a segment behind it.
/// </remarks>
internal sealed class GcLayout
{
    /// <summary>Bytes of heap for each byte of card table, and of brick table.</summary>
    private const ulong HeapPerTableByte = 2048;

    /// <summary>Tables are known to a page only, so H is known to twice as many bytes of heap as belong to one, alignment included.</summary>
    private const ulong Slack = 2 * 4096 * HeapPerTableByte;

    /// <summary>Regions are of this size or larger, and aligned to it.</summary>
    private const ulong SmallestRegion = 1 << 20;

    /// <summary>Segments are larger.</summary>
    private const ulong SmallestSegment = 16 << 20;

    /// <summary>What the GC reserves beside heap and tables (handles, lists) has no larger part in use.</summary>
    private const ulong LargestOther = 1 << 20;

    private readonly List<(ulong Start, ulong End)> _heap = [];
    private readonly List<(ulong Start, ulong End)> _bookkeeping = [];

    private GcLayout()
    {
    }

    /// <summary>Whether the heap's range was confirmed by the size of the GC's tables.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Where the GC's tables and its heap begin, which may be inside of a mapping; empty where that is not known.</summary>
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

    /// <summary>Null if the mapping is no part of it.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (_heap.Any(range => mapping.Start >= range.Start && mapping.End <= range.End))
            return new Classification(MemoryKind.GcHeap, IsConfirmed ? "anonymous, in the range of the GC's heap" : "anonymous, before the reserved rest of a GC segment or region");
        return _bookkeeping.Any(range => mapping.Start >= range.Start && mapping.End <= range.End)
            ? new Classification(MemoryKind.GcBookkeeping, "anonymous, in a range that the GC reserved beside its heap")
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
    /// The heap's range, if it lies in a run: it ends with what is still reserved and begins with a region, in general at the beginning of a mapping;
    /// inside of one, if foreign memory in front of it has grown together with it.
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

        // A small heap of regions has none so large.
        var largest = runs.MaxBy(run => run[^1].End - run[0].Start);
        if (largest?.FirstOrDefault(mapping => !mapping.IsReserved && mapping.Start % SmallestRegion == 0) is { } first)
            _heap.Add((first.Start, largest[^1].End));
    }

    /// <summary>The accessible parts of a run, each with the end of what is reserved behind it.</summary>
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
    /// The tables' run from their beginning on, of others what is too small to be foreign memory in front of it. Where nothing tells the tables, all of each.
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
