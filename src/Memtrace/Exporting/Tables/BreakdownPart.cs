using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A part of the resident set: a category, or something that a category is made of.</summary>
/// <param name="Category">The category.</param>
/// <param name="Key">Its name in data: of a category such as <c>mallocHeap</c>, of what is in one such as <c>mallocHeap.arenas</c>.</param>
/// <param name="Title">Its name on the screen, with how many there are where that is known.</param>
/// <param name="Bytes">How much of it is resident; null where that is not known.</param>
internal sealed record BreakdownPart(MemoryCategory Category, string Key, string Title, long? Bytes)
{
    /// <summary>Whether it is a whole category.</summary>
    public bool IsCategory { get; private init; }

    /// <summary>The categories of a breakdown, in their order, and behind each what it is made of as far as that is known.</summary>
    /// <param name="breakdown">The breakdown.</param>
    public static IEnumerable<BreakdownPart> Of(MemoryBreakdown breakdown) => breakdown.Categories.SelectMany(item => PartsOf(item.Category, breakdown)
        .Select(part => new BreakdownPart(item.Category, $"{BreakdownNames.Of(item.Category)}.{part.Key}", part.Title, part.Bytes))
        .Prepend(new(item.Category, BreakdownNames.Of(item.Category), TitleOf(item.Category, breakdown), item.KnownBytes) { IsCategory = true }));

    private static string TitleOf(MemoryCategory category, MemoryBreakdown breakdown) => category == MemoryCategory.ThreadStacks
        ? Counted("Stacks", breakdown.Threads)
        : BreakdownNames.Title(category);

    private static ImmutableArray<(string Key, string Title, long? Bytes)> PartsOf(MemoryCategory category, MemoryBreakdown breakdown) => category switch
    {
        _ when !breakdown.Knows(category) => [],
        MemoryCategory.GcHeap when breakdown.GcHeap is { } heap =>
        [
            ("gen0", "Gen 0", heap.Gen0),
            ("gen1", "Gen 1", heap.Gen1),
            ("gen2", "Gen 2", heap.Gen2),
            ("loh", "LOH", heap.Loh),
            ("poh", "POH", heap.Poh),
            ("free", "Free", heap.Free),
            .. OtherHeaps(breakdown),
            .. Existing("nonGcHeap", "NonGC heap", breakdown.Collector.NonGcHeap),
        ],
        MemoryCategory.GcHeap => [.. Existing("nonGcHeap", "NonGC heap", breakdown.Collector.NonGcHeap)],
        MemoryCategory.GcBookkeeping => [.. Existing("handles", Counted("Handles", breakdown.Collector.HandleCounts.Sum(item => item.Count)), breakdown.Collector.Handles)],
        MemoryCategory.Images => [("managed", "Managed", breakdown.Images.Managed), ("native", "Native", breakdown.Images.Native)],
        MemoryCategory.MallocHeap =>
        [
            ("mainHeap", "Main heap", breakdown.Malloc.MainHeap),
            ("arenas", Counted("Arenas", breakdown.Malloc.ArenaCount), breakdown.Malloc.Arenas),
            ("mapped", "Mapped", breakdown.Malloc.Mapped),
        ],
        MemoryCategory.MappedFiles => [.. breakdown.LargestFiles.Select(file => (file.Path, file.Path, (long?)file.Bytes))],
        _ => [],
    };

    private static (string Key, string Title, long? Bytes)[] OtherHeaps(MemoryBreakdown breakdown) =>
        Existing("otherHeaps", Counted("Other .NET heaps", breakdown.Collector.Heaps.Length - 1), breakdown.GcHeap!.OtherHeaps);

    /// <summary>What most processes have none of is left out where there is none.</summary>
    private static (string Key, string Title, long? Bytes)[] Existing(string key, string title, long bytes) => bytes > 0 ? [(key, title, bytes)] : [];

    private static string Counted(string title, long count) => count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{title} ({count:#,0})") : title;
}
