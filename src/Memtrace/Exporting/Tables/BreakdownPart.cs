using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A part of the resident set, declared once for all outputs: a category, or something that a category is made of.</summary>
/// <param name="Category">The category.</param>
/// <param name="Name">The part's name in data within its category; null for the category itself.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Take">Takes its resident bytes out of a breakdown that knows the category.</param>
internal sealed record BreakdownPart(MemoryCategory Category, string? Name, string Title, Func<MemoryBreakdown, long?> Take)
{
    /// <summary>All categories in their order, each followed by what it is made of; the mapped files of a breakdown come in addition.</summary>
    public static ImmutableArray<BreakdownPart> All { get; } =
    [
        OfCategory(MemoryCategory.GcHeap),
        .. Generation.All.Select(generation => new BreakdownPart(
            MemoryCategory.GcHeap, generation.Key, generation.Title, breakdown => breakdown.GcHeap is { } heap ? generation.Of(heap.Generations) : null)),
        new(MemoryCategory.GcHeap, "free", "Free", breakdown => breakdown.GcHeap?.Free),
        new(MemoryCategory.GcHeap, "otherHeaps", "Other .NET heaps", breakdown => breakdown.GcHeap?.OtherHeaps) { CountIn = breakdown => breakdown.Collector.Heaps.Length - 1 },
        new(MemoryCategory.GcHeap, "nonGcHeap", "NonGC heap", breakdown => breakdown.Collector.NonGcHeap),
        OfCategory(MemoryCategory.GcBookkeeping),
        new(MemoryCategory.GcBookkeeping, "handles", "Handles", breakdown => breakdown.Collector.Handles) { CountIn = breakdown => breakdown.Collector.HandleCounts.Sum(item => item.Count) },
        OfCategory(MemoryCategory.JitCode),
        OfCategory(MemoryCategory.LoaderHeaps),
        OfCategory(MemoryCategory.Images),
        new(MemoryCategory.Images, "managed", "Managed", breakdown => breakdown.Images.Managed),
        new(MemoryCategory.Images, "native", "Native", breakdown => breakdown.Images.Native),
        OfCategory(MemoryCategory.ThreadStacks) with { Title = "Stacks", CountIn = breakdown => breakdown.Threads },
        OfCategory(MemoryCategory.MallocHeap),
        new(MemoryCategory.MallocHeap, "mainHeap", "Main heap", breakdown => breakdown.Malloc.MainHeap),
        new(MemoryCategory.MallocHeap, "arenas", "Arenas", breakdown => breakdown.Malloc.Arenas) { CountIn = breakdown => breakdown.Malloc.ArenaCount },
        new(MemoryCategory.MallocHeap, "mapped", "Mapped", breakdown => breakdown.Malloc.Mapped),
        OfCategory(MemoryCategory.MappedFiles),
        OfCategory(MemoryCategory.SharedMemory),
        OfCategory(MemoryCategory.OtherAnonymous),
    ];

    /// <summary>Its name in data: <c>mallocHeap</c>, <c>mallocHeap.arenas</c>.</summary>
    public string Key { get; } = Name is null ? DataName.Of(Category) : $"{DataName.Of(Category)}.{Name}";

    /// <summary>Whether it is a whole category.</summary>
    public bool IsCategory => Name is null;

    private Func<MemoryBreakdown, long>? CountIn { get; init; }

    /// <summary>The parts that a breakdown knows: all categories, and what they are made of.</summary>
    /// <param name="breakdown">The breakdown.</param>
    public static IEnumerable<BreakdownPart> Of(MemoryBreakdown breakdown) => All
        .Where(part => part.IsCategory || part.BytesIn(breakdown) is not null)
        .SelectMany(part => part is { Category: MemoryCategory.MappedFiles } ? [part, .. Files(breakdown)] : ImmutableArray.Create(part));

    /// <summary>Its resident bytes; null if they are unknown.</summary>
    /// <param name="breakdown">The breakdown.</param>
    public long? BytesIn(MemoryBreakdown breakdown) => breakdown.Knows(Category) ? Take(breakdown) : null;

    /// <summary>Its name on the screen, with how many there are where that is known.</summary>
    /// <param name="breakdown">The breakdown.</param>
    public string TitleIn(MemoryBreakdown breakdown) =>
        CountIn?.Invoke(breakdown) is > 0 and var count ? string.Create(CultureInfo.InvariantCulture, $"{Title} ({count:#,0})") : Title;

    private static BreakdownPart OfCategory(MemoryCategory category) =>
        new(category, null, BreakdownNames.Title(category), breakdown => breakdown[category]);

    // A file may be mapped in several places.
    private static ImmutableArray<BreakdownPart> Files(MemoryBreakdown breakdown) => !breakdown.Knows(MemoryCategory.MappedFiles) ? [] :
    [
        .. breakdown.LargestFiles.Select(file => file.Path).Distinct(StringComparer.Ordinal).Select(OfFile),
    ];

    private static BreakdownPart OfFile(string path) => new(
        MemoryCategory.MappedFiles,
        path,
        path,
        breakdown => breakdown.LargestFiles.Where(file => file.Path == path).ToList() is { Count: > 0 } files ? files.Sum(file => file.Bytes) : null);
}
