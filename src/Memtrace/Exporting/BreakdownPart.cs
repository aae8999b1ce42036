using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>A part of the resident set: a category, or something that a category is made of.</summary>
/// <param name="Key">Its name in data: of a category such as <c>mallocHeap</c>, of what is in one such as <c>mallocHeap.arenas</c>.</param>
/// <param name="Title">Its name on the screen, with how many there are where that is known.</param>
/// <param name="Bytes">How much of it is resident.</param>
/// <param name="Parts">What it is made of, as far as that is known; their sum may be less.</param>
internal sealed record BreakdownPart(string Key, string Title, long Bytes, ImmutableArray<BreakdownPart> Parts)
{
    /// <summary>The categories of a breakdown, in their order.</summary>
    /// <param name="breakdown">The breakdown.</param>
    public static ImmutableArray<BreakdownPart> Of(MemoryBreakdown breakdown) =>
    [
        .. breakdown.Categories.Select(item => new BreakdownPart(
            BreakdownNames.Of(item.Category), TitleOf(item.Category, breakdown), item.Bytes, PartsOf(item.Category, breakdown))),
    ];

    /// <summary>It and all that it is made of, each with how deep it is inside.</summary>
    /// <param name="depth">How deep it is itself.</param>
    public IEnumerable<(BreakdownPart Part, int Depth)> Flatten(int depth = 0) =>
        Parts.SelectMany(part => part.Flatten(depth + 1)).Prepend((this, depth));

    private static string TitleOf(MemoryCategory category, MemoryBreakdown breakdown) => category == MemoryCategory.ThreadStacks
        ? Counted("Stacks", breakdown.Threads)
        : BreakdownNames.Title(category);

    private static ImmutableArray<BreakdownPart> PartsOf(MemoryCategory category, MemoryBreakdown breakdown)
    {
        return category switch
        {
            MemoryCategory.GcHeap when breakdown.GcHeap is { } heap =>
            [
                Part("gen0", "Gen 0", heap.Gen0),
                Part("gen1", "Gen 1", heap.Gen1),
                Part("gen2", "Gen 2", heap.Gen2),
                Part("loh", "LOH", heap.Loh),
                Part("poh", "POH", heap.Poh),
                Part("free", "Free", heap.Free),
            ],
            MemoryCategory.Images => [Part("managed", "Managed", breakdown.Images.Managed), Part("native", "Native", breakdown.Images.Native)],
            MemoryCategory.MallocHeap =>
            [
                Part("mainHeap", "Main heap", breakdown.Malloc.MainHeap),
                Part("arenas", Counted("Arenas", breakdown.Malloc.ArenaCount), breakdown.Malloc.Arenas),
                Part("mapped", "Mapped", breakdown.Malloc.Mapped),
            ],
            MemoryCategory.MappedFiles => [.. breakdown.LargestFiles.Select(file => Part(file.Path, file.Path, file.Bytes))],
            _ => [],
        };

        BreakdownPart Part(string key, string title, long bytes) => new($"{BreakdownNames.Of(category)}.{key}", title, bytes, []);
    }

    private static string Counted(string title, int count) => count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{title} ({count:#,0})") : title;
}
