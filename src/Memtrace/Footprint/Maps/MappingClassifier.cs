namespace Memtrace.Footprint.Maps;

/// <summary>
/// Assigns each mapping of a process to its category. A mapping in which the kernel has merged memory of different kinds is split.
/// How each kind is recognized, and how certain that is: docs/breakdown.md.
/// </summary>
internal sealed class MappingClassifier
{
    private readonly ITargetMemory _memory;
    private readonly CodeRange _code;
    private readonly GcLayout _collector;
    private readonly ImageMappings _images;
    private readonly ThreadStacks _stacks;
    private readonly MallocHeaps _mallocHeaps;
    private readonly MallocChunks _chunks;
    private readonly List<Mapping> _mappings;

    /// <param name="mappings">All mappings, in address order.</param>
    /// <param name="memory">The memory behind them.</param>
    public MappingClassifier(IReadOnlyList<Mapping> mappings, ITargetMemory memory)
    {
        _memory = memory;
        _code = CodeRange.Find(mappings);
        _collector = GcLayout.Find(mappings, _code);
        _mappings = [.. _collector.Starts.Aggregate(mappings.AsEnumerable(), (parts, start) => parts.SelectMany(part => Cut(part, start)))];
        _images = new ImageMappings(_mappings);
        _stacks = new ThreadStacks(_mappings, memory.StackPointers);
        _mallocHeaps = new MallocHeaps(_mappings, memory);
        _chunks = new MallocChunks(memory);
    }

    /// <summary>Resident bytes of each malloc arena other than the main heap.</summary>
    public IReadOnlyList<long> Arenas => _mallocHeaps.Arenas;

    /// <summary>Whether the size of the GC's tables confirms where the GC heap is.</summary>
    public bool IsHeapConfirmed => _collector.IsConfirmed;

    /// <summary>Whether large malloc blocks may be missing; known after <see cref="Classify"/>.</summary>
    public bool IsIncomplete => _chunks.IsIncomplete;

    /// <summary>All mappings with their categories, in address order.</summary>
    public IReadOnlyList<ClassifiedMapping> Classify()
    {
        var classified = _mappings.ConvertAll(mapping => new ClassifiedMapping(mapping, ClassificationOf(mapping)));
        var blocks = FindChunks(classified, MayHoldChunks, everywhere: true);

        // If the start of the heap is not known, there may be blocks before it; inside it there are none.
        if (!IsHeapConfirmed)
            blocks.AddRange(FindChunks(classified, item => item.Kind == MemoryKind.GcHeap && item.Mapping.IsWritable, everywhere: false));
        return blocks.Count == 0 ? classified : [.. classified.SelectMany(item => SplitOff(item, blocks))];
    }

    private List<(ulong Start, ulong End)> FindChunks(List<ClassifiedMapping> classified, Func<ClassifiedMapping, bool> where, bool everywhere) =>
    [
        .. AddressRuns.Of(classified.Where(where).Select(item => item.Mapping))
            .SelectMany(run => _chunks.Find(run[0].Start, run[^1].End, everywhere)),
    ];

    private Classification ClassificationOf(Mapping mapping) =>
        RuntimeMappings.Of(mapping, _code)
        ?? SharedMappings.Of(mapping)
        ?? _images.Of(mapping)
        ?? _stacks.Of(mapping)
        ?? _mallocHeaps.Of(mapping)
        ?? _collector.Of(mapping)
        ?? Rest(mapping);

    private static Classification Rest(Mapping mapping) => mapping.IsAnonymous || !mapping.IsFile
        ? new Classification(MemoryKind.OtherAnonymous, mapping.IsReserved ? "reserved" : "anonymous, not recognized")
        : new Classification(MemoryKind.MappedFile, "a file that is not an image");

    // The kernel places new mappings below old ones, so memory merged with the GC's tables is before them.
    private static bool MayHoldChunks(ClassifiedMapping item) =>
        item.Mapping is { IsAnonymous: true, IsWritable: true, HasNoHugePages: false, IsNotAccounted: false }
        && item.Kind is MemoryKind.OtherAnonymous or MemoryKind.GcBookkeeping;

    private IEnumerable<ClassifiedMapping> SplitOff(ClassifiedMapping item, List<(ulong Start, ulong End)> blocks)
    {
        var classification = new Classification(item.Kind, item.Reason);
        var rest = item.Mapping;
        foreach (var (start, end) in blocks.Where(block => block.Start < item.End && block.End > item.Start))
        {
            var parts = Cut(rest, start).ToList();
            if (parts is [var front, _])
                yield return new ClassifiedMapping(front, classification);
            parts = [.. Cut(parts[^1], end)];
            yield return new ClassifiedMapping(parts[0], new Classification(MemoryKind.MallocMapped, "anonymous, begins with the header of a malloc block"));
            if (parts is [_])
                yield break;
            rest = parts[1];
        }

        yield return new ClassifiedMapping(rest, classification);
    }

    /// <summary>Splits a mapping in two; returns it whole if the address is not inside.</summary>
    private IEnumerable<Mapping> Cut(Mapping mapping, ulong address)
    {
        if (address <= mapping.Start || address >= mapping.End)
            return [mapping];
        var share = Share(mapping, address);
        var swap = mapping.Rss == 0 ? 0 : (long)(mapping.Swap * share);
        var front = Math.Min((long)(mapping.Rss * share) / 1024 * 1024, mapping.Rss);
        return
        [
            mapping with { End = address, Rss = front, Swap = swap },
            mapping with { Start = address, Rss = mapping.Rss - front, Swap = mapping.Swap - swap },
        ];
    }

    /// <summary>The front part's share of the resident bytes; by size if the page map cannot be read.</summary>
    private double Share(Mapping mapping, ulong address)
    {
        var front = ResidentPages(mapping.Start, address);
        var back = ResidentPages(address, mapping.End);
        return front is { } one && back is { } other && one + other > 0 ? (double)one / (one + other) : (double)(address - mapping.Start) / mapping.Size;
    }

    private long? ResidentPages(ulong start, ulong end)
    {
        var pages = new bool[4096];
        var count = 0L;
        for (var address = start; address < end; address += (ulong)(pages.Length * Environment.SystemPageSize))
        {
            var part = pages.AsSpan(0, (int)Math.Min((ulong)pages.Length, (end - address) / (ulong)Environment.SystemPageSize));
            if (!_memory.TryReadResidency(address, part))
                return null;
            count += part.Count(true);
        }

        return count;
    }
}
