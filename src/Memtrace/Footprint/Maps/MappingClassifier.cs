namespace Memtrace.Footprint.Maps;

/// <summary>
/// Assigns each mapping of a process to its category. A mapping in which the kernel has merged memory of different kinds is split.
/// How each kind is recognized, and how certain that is: docs/breakdown.md.
/// </summary>
internal sealed class MappingClassifier
{
    private readonly AddressRange _code;
    private readonly GcLayout _collector;
    private readonly ImageMappings _images;
    private readonly SharedMappings _shared;
    private readonly ThreadStacks _stacks;
    private readonly MallocHeaps _mallocHeaps;
    private readonly MappingSplitter _splitter;
    private readonly ITargetMemory _memory;
    private readonly List<Mapping> _mappings;

    /// <param name="mappings">All mappings, in address order.</param>
    /// <param name="memory">The memory behind them.</param>
    public MappingClassifier(IReadOnlyList<Mapping> mappings, ITargetMemory memory)
    {
        _memory = memory;
        _splitter = new MappingSplitter(memory);
        _code = CodeRange.Find(mappings);
        _collector = GcLayout.Find(mappings, _code);
        _mappings = [.. _collector.Starts.Aggregate(mappings.AsEnumerable(), (parts, start) => parts.SelectMany(part => _splitter.Split(part, start)))];
        _images = new ImageMappings(_mappings, memory);
        _shared = new SharedMappings(memory.MemoryDevices);
        _stacks = new ThreadStacks(_mappings, memory.StackPointers);
        _mallocHeaps = new MallocHeaps(_mappings, memory);
    }

    /// <summary>Resident bytes of each malloc arena other than the main heap.</summary>
    public IReadOnlyList<long> Arenas => _mallocHeaps.Arenas;

    /// <summary>Whether the size of the GC's tables confirms where the GC heap is.</summary>
    public bool IsHeapConfirmed => _collector.IsConfirmed;

    /// <summary>The address ranges of the GC heaps; one for each runtime, empty if they are not confirmed.</summary>
    public IReadOnlyList<AddressRange> Heaps => _collector.Heaps;

    /// <summary>Whether blocks recognized by their contents may be missing; known after <see cref="Classify"/>.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>All mappings with their categories, in address order.</summary>
    public IReadOnlyList<ClassifiedMapping> Classify()
    {
        var classified = _mappings.ConvertAll(mapping => new ClassifiedMapping(mapping, ClassificationOf(mapping)));
        var blocks = FindBlocks(classified);
        return blocks.Count == 0 ? classified : [.. SplitOff(classified, blocks)];
    }

    private List<Block> FindBlocks(List<ClassifiedMapping> classified)
    {
        var loaderHeaps = new AddressRanges(classified.Where(item => item.Kind == MemoryKind.LoaderHeap).Select(item => item.Mapping.Range));
        var scanner = new BlockScanner(_memory, [new MallocBlockFormat(), new HandleSegmentFormat(), new FrozenSegmentFormat(loaderHeaps)]);
        var blocks = Runs(classified, MayHoldBlocks).SelectMany(scanner.FindAll).ToList();

        // If the start of the heap is not known, there may be malloc blocks before it; inside it there are none.
        if (!IsHeapConfirmed)
        {
            var leading = new BlockScanner(_memory, [new MallocBlockFormat()]);
            blocks.AddRange(Runs(classified, item => item.Kind == MemoryKind.GcHeap && item.Mapping.IsWritable).SelectMany(leading.FindLeading));
            blocks.Sort((left, right) => left.Range.Start.CompareTo(right.Range.Start));
        }

        IsIncomplete = scanner.IsIncomplete;
        return Joined(blocks);
    }

    private static List<Block> Joined(List<Block> blocks)
    {
        var joined = new List<Block>();
        foreach (var block in blocks)
        {
            if (joined.Count > 0 && joined[^1].Range.End == block.Range.Start && joined[^1].Classification == block.Classification)
                joined[^1] = joined[^1] with { Range = new AddressRange(joined[^1].Range.Start, block.Range.End) };
            else
                joined.Add(block);
        }

        return joined;
    }

    private static IEnumerable<IReadOnlyList<Mapping>> Runs(List<ClassifiedMapping> classified, Func<ClassifiedMapping, bool> where) =>
        AddressRuns.Of(classified.Where(where).Select(item => item.Mapping));

    private Classification ClassificationOf(Mapping mapping) =>
        _images.Unpacked(mapping)
        ?? RuntimeMappings.Of(mapping, _code)
        ?? HugePagesOf(mapping)
        ?? SharedMappings.Named(mapping)
        ?? _images.Of(mapping)
        ?? _shared.InMemory(mapping)
        ?? _stacks.Of(mapping)
        ?? _mallocHeaps.Of(mapping)
        ?? _collector.Of(mapping)
        ?? Rest(mapping);

    private Classification? HugePagesOf(Mapping mapping)
    {
        if (!mapping.IsHugePages)
            return null;
        return _collector.Heaps.Any(heap => heap.Contains(mapping.Range))
            ? new Classification(MemoryKind.GcHeap, "huge pages, of the size that the GC's tables give for its heap")
            : new Classification(mapping.IsShared ? MemoryKind.SharedMemory : MemoryKind.OtherAnonymous, "huge pages (hugetlb), not part of the RSS");
    }

    private static Classification Rest(Mapping mapping) => mapping.IsAnonymous || !mapping.IsFile
        ? new Classification(MemoryKind.OtherAnonymous, mapping.IsReserved ? "reserved" : "anonymous, not recognized")
        : new Classification(MemoryKind.MappedFile, "a file that is not an image");

    // The kernel places new mappings below old ones, so memory merged with the GC's tables is before them.
    private static bool MayHoldBlocks(ClassifiedMapping item) =>
        item.Mapping is { IsAnonymous: true, IsWritable: true, HasNoHugePages: false, IsNotAccounted: false }
        && item.Kind is MemoryKind.OtherAnonymous or MemoryKind.GcBookkeeping;

    /// <summary>Splits mappings where blocks begin and end. Both lists are in address order, so one pass is enough.</summary>
    private IEnumerable<ClassifiedMapping> SplitOff(List<ClassifiedMapping> classified, List<Block> blocks)
    {
        var next = 0;
        foreach (var item in classified)
        {
            while (next < blocks.Count && blocks[next].Range.End <= item.Start)
                next++;
            var rest = item.Mapping;
            var classification = new Classification(item.Kind, item.Reason);
            for (var i = next; i < blocks.Count && blocks[i].Range.Start < item.End; i++)
            {
                var parts = _splitter.Split(rest, blocks[i].Range.Start);
                if (parts is [var front, _])
                    yield return new ClassifiedMapping(front, classification);
                parts = _splitter.Split(parts[^1], blocks[i].Range.End);
                yield return new ClassifiedMapping(parts[0], blocks[i].Classification);
                rest = parts is [_, var behind] ? behind : null;
                if (rest is null)
                    break;
            }

            if (rest is not null)
                yield return new ClassifiedMapping(rest, classification);
        }
    }
}
