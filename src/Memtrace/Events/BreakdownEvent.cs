using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>Breakdown</c>: a <see cref="MemoryBreakdown"/> without the GC's generations.</summary>
internal static class BreakdownEvent
{
    /// <summary>
    /// The categories in the order of their fields and of the bits of UnknownCategories, which is independent of the order in the enum. A new category gets a
    /// new field at the end of the event.
    /// </summary>
    private static readonly ImmutableArray<MemoryCategory> Categories =
    [
        MemoryCategory.GcHeap,
        MemoryCategory.GcBookkeeping,
        MemoryCategory.JitCode,
        MemoryCategory.LoaderHeaps,
        MemoryCategory.Images,
        MemoryCategory.ThreadStacks,
        MemoryCategory.MallocHeap,
        MemoryCategory.MappedFiles,
        MemoryCategory.SharedMemory,
        MemoryCategory.OtherAnonymous,
    ];

    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.Breakdown,
        "Breakdown",
        [
            ("Reason", FieldType.String),
            ("Rss", FieldType.Int64),
            ("Swap", FieldType.Int64),
            .. Categories.Select(category => (category.ToString(), FieldType.Int64)),
            ("ManagedImages", FieldType.Int64),
            ("NativeImages", FieldType.Int64),
            ("MallocMainHeap", FieldType.Int64),
            ("MallocArenas", FieldType.Int64),
            ("MallocMapped", FieldType.Int64),
            ("ArenaCount", FieldType.Int32),
            ("Threads", FieldType.Int32),
            ("LargestFiles", FieldType.String),
            ("Allocators", FieldType.String),
            ("Limits", FieldType.String),
            ("LargestArena", FieldType.Int64),
            ("UnknownCategories", FieldType.Int32),
            ("NonGcHeap", FieldType.Int64),
            ("GcHandles", FieldType.Int64),
            ("GcHugePages", FieldType.Int64),
            ("HugePages", FieldType.Int64),
            ("LazilyFreed", FieldType.Int64),
            ("Gpu", FieldType.Int64),
            ("Mappings", FieldType.Int64),
            ("MappingLimit", FieldType.Int64),
            ("GcHeaps", FieldType.String),
            ("HandleCounts", FieldType.String),
        ]);

    /// <summary>The payload.</summary>
    public static byte[] Write(MemoryBreakdown breakdown)
    {
        var payload = new PayloadWriter().Utf16(breakdown.Reason.ToString().ToLowerInvariant()).Int64(breakdown.RssBytes).Int64(breakdown.SwapBytes);
        foreach (var category in Categories)
            payload.Int64(breakdown[category]);
        return payload
            .Int64(breakdown.Images.Managed)
            .Int64(breakdown.Images.Native)
            .Int64(breakdown.Malloc.MainHeap)
            .Int64(breakdown.Malloc.Arenas)
            .Int64(breakdown.Malloc.Mapped)
            .Int32(breakdown.Malloc.ArenaCount)
            .Int32(breakdown.Threads)
            .Utf16(Lines(breakdown.LargestFiles.Select(Line)))
            .Utf16(Lines(breakdown.Allocators))
            .Utf16(Lines(breakdown.Limits))
            .Int64(breakdown.Malloc.LargestArena)
            .Int32(UnknownBits(breakdown))
            .Int64(breakdown.Collector.NonGcHeap)
            .Int64(breakdown.Collector.Handles)
            .Int64(breakdown.Collector.HugePages)
            .Int64(breakdown.HugePageBytes)
            .Int64(breakdown.LazilyFreedBytes)
            .OptionalInt64(breakdown.GpuBytes)
            .OptionalInt64(breakdown.MappingCount)
            .OptionalInt64(breakdown.MappingLimit)
            .Utf16(Lines(breakdown.Collector.Heaps.Select(heap => heap.ToString(CultureInfo.InvariantCulture))))
            .Utf16(Lines(breakdown.Collector.HandleCounts.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Count} {item.Kind}"))))
            .Written.ToArray();
    }

    /// <summary>What follows the number of threads may be missing: then lists are empty, the largest arena is 0, every category is known, and the details are not.</summary>
    /// <returns>False if one of the figures before them is missing.</returns>
    public static bool TryRead(in RecordedEvent data, [NotNullWhen(true)] out MemoryBreakdown? breakdown)
    {
        breakdown = null;
        var payload = data.Payload;
        var reason = ReasonOf(payload.ReadString());
        var (rss, swap) = (payload.ReadInt64(), payload.ReadInt64());
        var categories = ReadCategories(ref payload);
        var images = new ImageMemory(payload.ReadInt64(), payload.ReadInt64());
        var (mainHeap, arenas, mapped) = (payload.ReadInt64(), payload.ReadInt64(), payload.ReadInt64());
        var malloc = new MallocMemory(mainHeap, arenas, payload.ReadInt32(), mapped);
        var threads = payload.ReadInt32();
        if (payload.Overrun)
            return false;
        var files = ImmutableArray.CreateRange(Lines(payload.ReadString()).Select(FileOf).OfType<MappedFile>());
        var (allocators, limits) = (Lines(payload.ReadString()), Lines(payload.ReadString()));
        var largestArena = payload.ReadInt64();
        malloc = payload.Overrun ? malloc : malloc with { LargestArena = largestArena };
        var unknown = payload.ReadInt32();
        categories = payload.Overrun ? categories : WithUnknown(categories, unknown);
        breakdown = WithDetails(new MemoryBreakdown(data.Seconds, reason, rss, swap, categories, GcHeap: null, images, malloc, threads, files, allocators, limits), payload);
        return true;
    }

    /// <summary>Whether all figures are possible.</summary>
    public static bool IsPossible(MemoryBreakdown breakdown) =>
        Bounds.AreSizes(breakdown.RssBytes, breakdown.Images.Managed, breakdown.Images.Native, breakdown.Malloc.MainHeap, breakdown.Malloc.Arenas, breakdown.Malloc.Mapped)
        && breakdown.SwapBytes <= Bounds.MaxBytes
        && breakdown.Categories.All(category => Bounds.IsSize(category.Bytes));
    /// <summary>Older events have no more fields; then the details are unknown.</summary>
    private static MemoryBreakdown WithDetails(MemoryBreakdown breakdown, Payload payload)
    {
        var collector = new CollectorMemory([], payload.ReadInt64(), payload.ReadInt64(), payload.ReadInt64());
        var detailed = breakdown with
        {
            HugePageBytes = payload.ReadInt64(),
            LazilyFreedBytes = payload.ReadInt64(),
            GpuBytes = payload.ReadOptionalInt64(),
            MappingCount = (int?)payload.ReadOptionalInt64(),
            MappingLimit = (int?)payload.ReadOptionalInt64(),
        };
        var heaps = Lines(payload.ReadString()).Select(line => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0);
        var handles = Lines(payload.ReadString()).Select(HandlesOf).OfType<HandleCount>();
        return payload.Overrun ? breakdown : detailed with { Collector = collector with { Heaps = [.. heaps], HandleCounts = [.. handles] } };
    }

    private static BreakdownReason ReasonOf(ReadOnlySpan<char> text) =>
        Enum.TryParse<BreakdownReason>(text, ignoreCase: true, out var known) ? known : BreakdownReason.Interval;

    private static ImmutableArray<CategoryMemory> ReadCategories(ref Payload payload)
    {
        var categories = ImmutableArray.CreateBuilder<CategoryMemory>(Categories.Length);
        foreach (var category in Categories)
            categories.Add(new CategoryMemory(category, payload.ReadInt64()));
        return categories.MoveToImmutable();
    }

    private static int UnknownBits(MemoryBreakdown breakdown) => Enumerable.Range(0, Categories.Length).Where(bit => !breakdown.Knows(Categories[bit])).Sum(bit => 1 << bit);

    private static ImmutableArray<CategoryMemory> WithUnknown(ImmutableArray<CategoryMemory> categories, int bits) =>
        [.. categories.Select((item, bit) => item with { IsKnown = (bits & (1 << bit)) == 0 })];

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private static ImmutableArray<string> Lines(ReadOnlySpan<char> text) => [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Line(MappedFile file) => string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} {file.Path}");

    private static HandleCount? HandlesOf(string line) =>
        line.Split(' ', 2) is [var number, var kind] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? new HandleCount(kind, count) : null;

    // The kernel escapes line breaks in paths, but not spaces. Older recordings hold a sum of all files without a path.
    private static MappedFile? FileOf(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < line.Length - 1 && long.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new MappedFile(line[(space + 1)..], bytes)
            : null;
    }
}
