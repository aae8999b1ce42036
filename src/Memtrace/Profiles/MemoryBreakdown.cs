using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What a part of the resident set is used for. Each resident byte is in exactly one category. How each is recognized: docs/breakdown.md.</summary>
public enum MemoryCategory
{
    /// <summary>The GC's heap: its regions or segments, including free space, and the NonGC heap.</summary>
    GcHeap,

    /// <summary>What the GC needs besides its heap: card tables, mark array, region maps, handle table.</summary>
    GcBookkeeping,

    /// <summary>Machine code and stubs that the runtime has generated.</summary>
    JitCode,

    /// <summary>The runtime's data on types, methods and modules.</summary>
    LoaderHeaps,

    /// <summary>Program files and libraries, managed and native, including their uninitialized data.</summary>
    Images,

    /// <summary>The threads' stacks.</summary>
    ThreadStacks,

    /// <summary>The C library's heap: its main heap, its arenas, and large blocks mapped individually.</summary>
    MallocHeap,

    /// <summary>Files mapped as data.</summary>
    MappedFiles,

    /// <summary>Shared memory, and files on file systems that are in memory only (tmpfs).</summary>
    SharedMemory,

    /// <summary>Any other anonymous memory: mapped by native code, other allocators.</summary>
    OtherAnonymous,
}

/// <summary>Why a snapshot was taken.</summary>
public enum BreakdownReason
{
    /// <summary>The recording started.</summary>
    Start,

    /// <summary>The resident set was about to reach, or had just passed, a new peak.</summary>
    Peak,

    /// <summary>A regular snapshot was due.</summary>
    Interval,

    /// <summary>The recording ended.</summary>
    End,

    /// <summary>On request, without a recording.</summary>
    Asked,
}

/// <summary>
/// The resident set by category at one moment: the sum of the categories is the resident set. Immutable.
/// </summary>
/// <param name="AtSeconds">When it was taken, in seconds since the start of the recording; 0 without a recording.</param>
/// <param name="Reason">Why it was taken.</param>
/// <param name="RssBytes">The resident set at that moment.</param>
/// <param name="SwapBytes">How much of the process is swapped out; not part of the resident set.</param>
/// <param name="Categories">Resident bytes of each category, in the order of <see cref="MemoryCategory"/>; complete.</param>
/// <param name="GcHeap">The GC heap by generation; null if unknown.</param>
/// <param name="Images">Resident bytes of program files.</param>
/// <param name="Malloc">The C library's heap.</param>
/// <param name="Threads">The threads whose stacks were counted.</param>
/// <param name="LargestFiles">The mapped files with most resident bytes, largest first.</param>
/// <param name="Allocators">Names of other allocators whose library is loaded, such as <c>jemalloc</c>: their memory is in <see cref="MemoryCategory.OtherAnonymous"/>.</param>
/// <param name="Limits">What could not be read, and what that means for the figures, for people to read; empty if there are no such limits.</param>
public sealed record MemoryBreakdown(
    double AtSeconds,
    BreakdownReason Reason,
    long RssBytes,
    long SwapBytes,
    ImmutableArray<CategoryMemory> Categories,
    GcHeapBreakdown? GcHeap,
    ImageMemory Images,
    MallocMemory Malloc,
    int Threads,
    ImmutableArray<MappedFile> LargestFiles,
    ImmutableArray<string> Allocators,
    ImmutableArray<string> Limits)
{
    private const double PeakStep = 1.05;
    private const double FarthestShare = 0.1;
    private const long SmallestPeakStep = 4 << 20;

    /// <summary>The memory of the GC in more detail.</summary>
    public CollectorMemory Collector { get; init; } = CollectorMemory.Unknown;

    /// <summary>Memory in reserved huge pages (hugetlb), which are not part of any resident set.</summary>
    public long HugePageBytes { get; init; }

    /// <summary>What of the resident set the program has freed lazily (MADV_FREE): the kernel reclaims it when memory is short.</summary>
    public long LazilyFreedBytes { get; init; }

    /// <summary>Memory of the process on graphics processors, which is not part of the resident set; null if it uses none, or it is unknown.</summary>
    public long? GpuBytes { get; init; }

    /// <summary>How many mappings the process has; null if unknown.</summary>
    public int? MappingCount { get; init; }

    /// <summary>How many mappings the kernel allows a process (vm.max_map_count); null if unknown.</summary>
    public int? MappingLimit { get; init; }

    /// <summary>Whether a resident set is so far above the highest snapshot that it is another peak: by 5% and 4 MiB.</summary>
    /// <param name="highestBytes">The resident set of the highest snapshot.</param>
    /// <param name="rssBytes">The resident set.</param>
    public static bool IsBeyond(long highestBytes, long rssBytes) => rssBytes > Math.Max(highestBytes * PeakStep, highestBytes + SmallestPeakStep);

    /// <summary>Whether a resident set is so close to that of this breakdown that it still shows where the memory is.</summary>
    /// <param name="rssBytes">The resident set.</param>
    public bool IsNear(long rssBytes) => Math.Abs(rssBytes - RssBytes) <= Math.Max(FarthestShare * RssBytes, SmallestPeakStep);

    /// <summary>Resident bytes of a category.</summary>
    /// <param name="category">The category.</param>
    public long this[MemoryCategory category] => Categories.FirstOrDefault(item => item.Category == category)?.Bytes ?? 0;

    /// <summary>Bytes of the generations that are not resident: never written to, or swapped out. 0 if they or their category are unknown.</summary>
    public long GenerationsNotResident => GcHeap is { } heap && Knows(MemoryCategory.GcHeap)
        ? Math.Max(0, heap.Generations.Total - ResidentHeap(heap.Generations.Total))
        : 0;

    /// <summary>Whether it is known how much is in a category. The memory of an unknown category is included in others.</summary>
    /// <param name="category">The category.</param>
    public bool Knows(MemoryCategory category) => Categories.FirstOrDefault(item => item.Category == category)?.IsKnown ?? false;

    /// <summary>The same with the GC heap by generation, as of the last collection. A generation need not be fully resident, so free is never below 0.</summary>
    /// <param name="sizes">The sizes of the generations, in bytes.</param>
    public MemoryBreakdown WithGenerations(GenerationBytes sizes) => this with
    {
        GcHeap = new GcHeapBreakdown(sizes.Gen0, sizes.Gen1, sizes.Gen2, sizes.Loh, sizes.Poh, Knows(MemoryCategory.GcHeap) ? Math.Max(0, ResidentHeap(sizes.Total) - sizes.Total) : null)
        {
            OtherHeaps = Collector.OtherHeaps(sizes.Total),
        },
    };

    /// <summary>What the heap with these generations has in memory, in huge pages or not.</summary>
    private long ResidentHeap(long generations) =>
        this[MemoryCategory.GcHeap] - Collector.NonGcHeap - Collector.OtherHeaps(generations) + Collector.HugePages;
}

/// <summary>Resident bytes of a category.</summary>
/// <param name="Category">The category.</param>
/// <param name="Bytes">Its resident bytes.</param>
public sealed record CategoryMemory(MemoryCategory Category, long Bytes)
{
    /// <summary>Whether the category is known. If not, <see cref="Bytes"/> is 0, and its memory is included in another category.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>How much of it is resident; null if unknown.</summary>
    public long? KnownBytes => IsKnown ? Bytes : null;
}

/// <summary>
/// The GC heap by generation, in bytes. The generations are as of the last collection; <paramref name="Free"/> is the rest of this
/// heap: allocated since, or committed and not used.
/// </summary>
/// <param name="Gen0">Generation 0.</param>
/// <param name="Gen1">Generation 1.</param>
/// <param name="Gen2">Generation 2.</param>
/// <param name="Loh">The large object heap.</param>
/// <param name="Poh">The pinned object heap.</param>
/// <param name="Free">Resident, but in no generation; null if it is unknown how much of the heap is resident.</param>
public sealed record GcHeapBreakdown(long Gen0, long Gen1, long Gen2, long Loh, long Poh, long? Free)
{
    /// <summary>Resident bytes of the GC heaps of other runtimes in the process.</summary>
    public long OtherHeaps { get; init; }

    /// <summary>The generations.</summary>
    public GenerationBytes Generations => new(Gen0, Gen1, Gen2, Loh, Poh);
}

/// <summary>The memory of the GC in more detail than categories have it, in bytes. Immutable.</summary>
/// <param name="Heaps">What is resident of each GC heap; more than one if the process has several runtimes. Empty if unknown.</param>
/// <param name="NonGcHeap">The NonGC heap (string literals and other objects that live forever), a part of the category GC heap.</param>
/// <param name="Handles">The handle table, a part of the category GC bookkeeping.</param>
/// <param name="HugePages">What the GC heap has in reserved huge pages, which are not part of the resident set.</param>
public sealed record CollectorMemory(ImmutableArray<long> Heaps, long NonGcHeap, long Handles, long HugePages)
{
    /// <summary>How many handles of each kind are in use, the most frequent kind first; empty if unknown.</summary>
    public ImmutableArray<HandleCount> HandleCounts { get; init; } = [];

    /// <summary>Nothing is known.</summary>
    public static CollectorMemory Unknown { get; } = new([], 0, 0, 0);

    /// <summary>Resident bytes of the other heaps, if one heap has these generations: the one closest to them in size.</summary>
    /// <param name="generations">The sum of the generations.</param>
    public long OtherHeaps(long generations) => Heaps.Length < 2 ? 0 : Heaps.Sum() - Heaps.MinBy(heap => Math.Abs(heap + HugePages - generations));
}

/// <summary>How many GC handles of a kind are in use.</summary>
/// <param name="Kind">The kind, such as <c>normal</c>, <c>weak</c>, <c>pinned</c>, <c>dependent</c>.</param>
/// <param name="Count">How many.</param>
public sealed record HandleCount(string Kind, long Count);

/// <summary>Resident bytes of program files.</summary>
/// <param name="Managed">.NET assemblies.</param>
/// <param name="Native">All other images.</param>
public sealed record ImageMemory(long Managed, long Native);

/// <summary>Resident bytes of the C library's heap.</summary>
/// <param name="MainHeap">The main heap (<c>[heap]</c>).</param>
/// <param name="Arenas">All other arenas.</param>
/// <param name="ArenaCount">How many arenas there are, without the main heap.</param>
/// <param name="Mapped">Large blocks, each mapped individually.</param>
public sealed record MallocMemory(long MainHeap, long Arenas, int ArenaCount, long Mapped)
{
    /// <summary>Resident bytes of the largest arena; 0 if unknown.</summary>
    public long LargestArena { get; init; }
}

/// <summary>A file mapped as data.</summary>
/// <param name="Path">Its path, as the process sees it.</param>
/// <param name="Bytes">How much of it is resident.</param>
public sealed record MappedFile(string Path, long Bytes);
