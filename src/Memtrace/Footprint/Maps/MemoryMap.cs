using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>All memory of a process at one moment, in categories. Immutable.</summary>
internal sealed class MemoryMap
{
    /// <summary>How many of the largest files a breakdown names.</summary>
    private const int LargestFiles = 10;

    private static readonly (string Library, string Name)[] KnownAllocators =
        [("libjemalloc", "jemalloc"), ("libtcmalloc", "tcmalloc"), ("libmimalloc", "mimalloc"), ("ld-musl-", "musl"), ("libsnmalloc", "snmalloc")];

    internal MemoryMap(IReadOnlyList<ClassifiedMapping> mappings, int threads, IReadOnlyList<long> arenas, IEnumerable<string> limits)
    {
        Mappings = [.. mappings];
        (Threads, Arenas, Limits) = (threads, [.. arenas], [.. limits]);
    }

    /// <summary>The mappings, in address order; a mapping with memory of several kinds is split.</summary>
    public ImmutableArray<ClassifiedMapping> Mappings { get; }

    /// <summary>How many threads there were.</summary>
    public int Threads { get; }

    /// <summary>Resident bytes of each malloc arena other than the main heap.</summary>
    public ImmutableArray<long> Arenas { get; }

    /// <summary>What could not be read, and what that means for the figures, for people to read.</summary>
    public ImmutableArray<string> Limits { get; }

    /// <summary>Whether there are only the operating system's totals instead of mappings; then most categories are unknown.</summary>
    public bool HasSumsOnly { get; internal init; }

    /// <summary>
    /// How long all reads of the process's memory map took together. Only during these can the process be blocked, not while the result is analyzed.
    /// </summary>
    public TimeSpan ReadTime { get; internal init; }

    /// <summary>What of <see cref="ReadTime"/> was spent on the processor.</summary>
    public TimeSpan BusyTime { get; internal init; }

    /// <summary>The address ranges of the GC heaps, one for each runtime; empty if they are not confirmed.</summary>
    internal ImmutableArray<AddressRange> Heaps { get; init; } = [];

    /// <summary>How many GC handles of each kind are in use; empty if unknown.</summary>
    internal ImmutableArray<HandleCount> HandleCounts { get; init; } = [];

    /// <summary>How many mappings the process has.</summary>
    public int MappingCount { get; internal init; }

    /// <summary>How many mappings the kernel allows a process (vm.max_map_count); null if unknown.</summary>
    public int? MappingLimit { get; internal init; }

    /// <summary>Memory of the process on graphics processors, in bytes; null if it uses none, or it is unknown.</summary>
    public long? GpuBytes { get; internal init; }

    /// <summary>Whether the mappings contradict the resident set that the kernel reported before and after they were read.</summary>
    public bool IsContradictory { get; internal init; }

    /// <summary>Sums the categories.</summary>
    /// <param name="atSeconds">When it was taken, in seconds since the start of the recording; 0 without a recording.</param>
    /// <param name="reason">Why it was taken.</param>
    public MemoryBreakdown Summarize(double atSeconds = 0, BreakdownReason reason = BreakdownReason.Asked) => new(
        atSeconds,
        reason,
        Mappings.Sum(mapping => mapping.RssBytes),
        Mappings.Sum(mapping => mapping.SwapBytes),
        [.. Enum.GetValues<MemoryCategory>().Select(Sum)],
        GcHeap: null,
        new ImageMemory(Sum(MemoryKind.ManagedImage), Sum(MemoryKind.NativeImage)),
        new MallocMemory(Sum(MemoryKind.MallocMainHeap), Sum(MemoryKind.MallocArena), Arenas.Length, Sum(MemoryKind.MallocMapped)) { LargestArena = Arenas.DefaultIfEmpty().Max() },
        Threads,
        Files(),
        Allocators(),
        Limits)
    {
        Collector = Collector(),
        HugePageBytes = Mappings.Sum(mapping => mapping.Mapping.HugePages),
        LazilyFreedBytes = Mappings.Sum(mapping => mapping.Mapping.LazilyFreed),
        GpuBytes = GpuBytes,
        MappingCount = MappingCount > 0 ? MappingCount : null,
        MappingLimit = MappingLimit,
    };

    private CollectorMemory Collector() => new(
        [.. Heaps.Select(heap => Sum(mapping => mapping.Kind == MemoryKind.GcHeap && heap.Contains(mapping.Mapping.Range)))],
        Sum(MemoryKind.FrozenHeap),
        Sum(MemoryKind.GcHandles),
        Mappings.Where(mapping => mapping.Kind == MemoryKind.GcHeap).Sum(mapping => mapping.Mapping.HugePages))
    {
        HandleCounts = HandleCounts,
    };

    private CategoryMemory Sum(MemoryCategory category) => new(category, Sum(mapping => mapping.Category == category))
    {
        IsKnown = !HasSumsOnly || Mappings.Any(mapping => mapping.Category == category),
    };

    private long Sum(MemoryKind kind) => Sum(mapping => mapping.Kind == kind);

    private long Sum(Func<ClassifiedMapping, bool> condition) => Mappings.Where(condition).Sum(mapping => mapping.RssBytes);

    private ImmutableArray<MappedFile> Files() =>
    [
        .. Mappings.Where(mapping => mapping.Kind == MemoryKind.MappedFile && mapping is { RssBytes: > 0, Name.Length: > 0 })
            .GroupBy(mapping => mapping.Name, (name, parts) => new MappedFile(name, parts.Sum(part => part.RssBytes)))
            .OrderByDescending(file => file.Bytes).ThenBy(file => file.Path, StringComparer.Ordinal)
            .Take(LargestFiles),
    ];

    private ImmutableArray<string> Allocators()
    {
        var files = Mappings.Where(mapping => mapping.Mapping.IsFile).Select(mapping => Path.GetFileName(mapping.Name)).ToHashSet();
        return [.. KnownAllocators.Where(known => files.Any(file => file.StartsWith(known.Library, StringComparison.Ordinal))).Select(known => known.Name)];
    }
}
