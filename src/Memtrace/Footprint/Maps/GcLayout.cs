namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds the GC's memory by the way the GC lays it out (dotnet/runtime, src/coreclr/gc). The GC reserves addresses (no access,
/// MADV_DONTDUMP) and makes accessible what it needs, so its memory is in runs of accessible and reserved mappings. A process can have
/// several heaps: each library compiled ahead of time brings its own runtime.
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

    /// <summary>The tables are the first parts of what was reserved together, after unrelated memory at most.</summary>
    private const int TableCandidates = 4;

    /// <summary>Bounds the search in address spaces with many equal gaps; no process has that many runtimes.</summary>
    private const int LargestSearch = 64;

    private readonly List<List<Mapping>> _runs;
    private readonly List<AddressRange> _heaps = [];
    private readonly List<AddressRange> _tables = [];
    private readonly AddressRanges _heap;
    private readonly AddressRanges _bookkeeping;
    private int _searches;

    private GcLayout(IReadOnlyList<Mapping> mappings, AddressRange code)
    {
        _runs =
        [
            .. AddressRuns.Of(mappings.Where(mapping => IsCandidate(mapping) && !code.Contains(mapping.Range)))
                .Where(run => run.Any(mapping => mapping.IsReserved && mapping.IsNotDumped)),
        ];
        var hugePages = mappings.Where(mapping => mapping.IsHugePages && mapping.IsWritable).ToList();

        // The largest first: in a small one, what looks like tables may be other memory of the runtime. Then what could be their heap is taken.
        foreach (var run in _runs.OrderByDescending(Size))
            FindHeaps(run, hugePages);
        _heaps.Sort((left, right) => left.Start.CompareTo(right.Start));
        _heap = new AddressRanges(IsConfirmed ? _heaps : Segments());
        _bookkeeping = new AddressRanges(_runs.SelectMany(FindBookkeeping));
    }

    /// <summary>Whether the size of the GC's tables confirms where the heap is.</summary>
    public bool IsConfirmed => _heaps.Count > 0;

    /// <summary>The address ranges of the heaps that the GC's tables confirm; one for each runtime.</summary>
    public IReadOnlyList<AddressRange> Heaps => _heaps;

    /// <summary>Where the GC's tables and its heaps begin, possibly in the middle of a mapping; empty if unknown.</summary>
    public IEnumerable<ulong> Starts => _tables.Concat(_heaps).Select(range => range.Start);

    /// <summary>Finds the GC's memory.</summary>
    /// <param name="mappings">All mappings, in address order.</param>
    /// <param name="code">The addresses of machine code and loader heaps.</param>
    public static GcLayout Find(IReadOnlyList<Mapping> mappings, AddressRange code) => new(mappings, code);

    /// <summary>Null if the mapping is not the GC's.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (_heap.Contains(mapping.Range))
            return new Classification(MemoryKind.GcHeap, IsConfirmed ? "anonymous, in the range of the GC's heap" : "anonymous, followed by the reserved rest of a GC segment or region");
        return _bookkeeping.Contains(mapping.Range)
            ? new Classification(MemoryKind.GcBookkeeping, "anonymous, in a range that the GC reserved for its tables")
            : null;
    }

    private static bool IsCandidate(Mapping mapping) =>
        mapping.IsAnonymous && !mapping.IsNotAccounted && !mapping.HasNoHugePages && !mapping.IsExecutable;

    /// <summary>The kernel places the ranges of several runtimes next to each other, so after a heap there may be the tables of another one.</summary>
    private void FindHeaps(List<Mapping> run, List<Mapping> hugePages)
    {
        var parts = Accessible(run).ToList();
        var first = 0;
        for (var i = 0; i + 2 < parts.Count && i < first + TableCandidates; i++)
        {
            if (FindTables(parts[i], parts[i + 1], parts[i + 2]) is not { } tables || FindHeap(tables, hugePages) is not { IsEmpty: false } heap)
                continue;
            _heaps.Add(heap);
            _tables.Add(tables.Range);
            if (heap.Start < tables.Start || heap.Start >= run[^1].End)
                continue;
            while (i + 1 < parts.Count && parts[i + 1].Start < heap.End)
                i++;
            first = i + 1;
        }
    }

    private static Tables? FindTables(Part cards, Part bricks, Part next)
    {
        var table = next.Start - bricks.Start;
        var start = bricks.Start - Math.Min(table, bricks.Start);
        return table >= 4096 && start >= cards.Start && start < cards.End ? new Tables(start, table * HeapPerTableByte) : null;
    }

    /// <summary>The heap directly above the tables, if there are several of their size.</summary>
    private AddressRange FindHeap(Tables tables, List<Mapping> hugePages)
    {
        if (_searches++ >= LargestSearch)
            return default;
        var candidates = _runs.SelectMany(run => Candidates(run, tables.HeapSize)).ToList();
        var aligned = candidates.Where(candidate => candidate.IsAligned).Select(candidate => candidate.Range).ToList();
        return aligned.Where(range => range.Start > tables.Start).DefaultIfEmpty().MinBy(range => range.Start) is { IsEmpty: false } above ? above
            : aligned.Concat(candidates.Select(candidate => candidate.Range)).FirstOrDefault() is { IsEmpty: false } other ? other
            : hugePages.Find(mapping => Distance(mapping.Size, tables.HeapSize) <= Slack && IsFree(mapping.Range))?.Range ?? default;
    }

    /// <summary>
    /// Where in a run a heap of a size can be: it ends with reserved memory and begins with a region. It usually begins with a mapping, but in the
    /// middle of one if the kernel has merged it with unrelated memory below. The highest is the first.
    /// </summary>
    private IEnumerable<Candidate> Candidates(List<Mapping> run, ulong size)
    {
        foreach (var end in run.AsEnumerable().Reverse().Where(mapping => mapping.IsReserved && mapping.End > size).Select(mapping => mapping.End))
        {
            var start = (end - size + (SmallestRegion / 2)) / SmallestRegion * SmallestRegion;
            if (StartNear(run, start) is { } found && found < end && IsFree(new AddressRange(found, end)))
                yield return new Candidate(new AddressRange(found, end), found % SmallestRegion == 0 && IsStart(run, found));
        }
    }

    private static bool IsStart(List<Mapping> run, ulong address) => run[FirstEndingAfter(run, address)].Start == address;

    private static ulong? StartNear(List<Mapping> run, ulong start)
    {
        var near = new List<ulong>();
        var isInside = false;
        for (var i = FirstEndingAfter(run, start - Math.Min(Slack, start)); i < run.Count && run[i].Start <= start + Slack; i++)
        {
            if (run[i].IsReserved)
                continue;
            if (run[i].Start % SmallestRegion == 0 && Distance(run[i].Start, start) <= Slack)
                near.Add(run[i].Start);
            isInside |= run[i].Range.Contains(start);
        }

        if (near.Contains(start) || (isInside && near.All(other => other > start)))
            return start;
        return near.Count > 0 ? near[0] : null;
    }

    private static int FirstEndingAfter(List<Mapping> run, ulong address)
    {
        var (low, high) = (0, run.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = run[middle].End <= address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool IsFree(AddressRange range) => !_heaps.Exists(range.Overlaps) && !_tables.Exists(range.Overlaps);

    private IEnumerable<AddressRange> Segments()
    {
        foreach (var part in _runs.SelectMany(Accessible).Where(part => part.ReservedEnd - part.Start >= SmallestSegment))
            yield return new AddressRange(part.Start, part.ReservedEnd);

        // A small heap with regions has no part that large.
        var largest = _runs.MaxBy(Size);
        if (largest?.Find(mapping => !mapping.IsReserved && mapping.Start % SmallestRegion == 0) is { } first)
            yield return new AddressRange(first.Start, largest[^1].End);
    }

    /// <summary>The accessible parts of a run, each with the end of the reserved memory that follows it.</summary>
    private static IEnumerable<Part> Accessible(List<Mapping> run)
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
                yield return new Part(start, end, run[i - 1].End);
        }
    }

    /// <summary>
    /// The tables' run from their start, and in other runs the parts that are too small to be unrelated memory. If the tables were not found, the whole run.
    /// </summary>
    private IEnumerable<AddressRange> FindBookkeeping(List<Mapping> run)
    {
        var range = new AddressRange(run[0].Start, run[^1].End);
        if (!IsConfirmed)
            return [range];
        return _tables.Select(tables => tables.Start).Where(range.Contains).ToList() is { Count: > 0 } starts
            ? [range with { Start = starts.Min() }]
            : Accessible(run).Where(part => part.End - part.Start <= LargestOther).Select(part => new AddressRange(part.Start, part.ReservedEnd));
    }

    private static ulong Size(List<Mapping> run) => run[^1].End - run[0].Start;

    private static ulong Distance(ulong left, ulong right) => left > right ? left - right : right - left;

    private readonly record struct Part(ulong Start, ulong End, ulong ReservedEnd);

    /// <summary>A card table and a brick table.</summary>
    private readonly record struct Tables(ulong Start, ulong HeapSize)
    {
        public AddressRange Range => new(Start, Start + (2 * HeapSize / HeapPerTableByte));
    }

    private readonly record struct Candidate(AddressRange Range, bool IsAligned);
}
