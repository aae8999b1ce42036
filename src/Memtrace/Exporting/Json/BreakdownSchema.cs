using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>An item of the member <c>breakdown</c> of a document: the resident set by category.</summary>
internal static class BreakdownSchema
{
    private static readonly Schema<MappedFile> File = new(
    [
        new("path", "Path", ColumnKind.Text, row => row.Path),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
    ]);

    private static readonly Schema<HandleCount> Handles = new(
    [
        new("kind", "Kind", ColumnKind.Text, row => row.Kind),
        new("count", "Count", Unit.Count, row => row.Count),
    ]);

    /// <summary>A snapshot.</summary>
    public static Schema<MemoryBreakdown> Breakdown { get; } = new(
        [
            new("atSeconds", "At", Unit.Seconds, row => row.AtSeconds),
            new("reason", "Why", ColumnKind.Text, row => DataName.Of(row.Reason)),
            new("rssBytes", "RSS", Unit.Bytes, row => row.RssBytes),
            new("swapBytes", "Swap", Unit.Bytes, row => row.SwapBytes),
            new("nonGcHeap", "NonGC heap", Unit.Bytes, row => row.Knows(MemoryCategory.GcHeap) ? row.Collector.NonGcHeap : null),
            new("handles", "Handles", Unit.Bytes, row => row.Knows(MemoryCategory.GcBookkeeping) ? row.Collector.Handles : null),
            new("hugePages", "Huge pages", Unit.Bytes, row => row.HugePageBytes),
            new("gcHugePages", "GC heap in huge pages", Unit.Bytes, row => row.Collector.HugePages),
            new("lazilyFreed", "Lazily freed", Unit.Bytes, row => row.LazilyFreedBytes),
            new("gpu", "GPU memory", Unit.Bytes, row => row.GpuBytes),
            new("mappings", "Mappings", Unit.Count, row => row.MappingCount),
            new("mappingLimit", "Mapping limit", Unit.Count, row => row.MappingLimit),
            new("threads", "Threads", Unit.Count, row => row.Threads),
            new("arenas", "Arenas", Unit.Count, row => row.Knows(MemoryCategory.MallocHeap) ? row.Malloc.ArenaCount : null),
        ],
        new ObjectPart<MemoryBreakdown, MemoryBreakdown>("categories", row => row, new([.. BreakdownPart.All.Where(part => part.IsCategory).Select(part => Bytes(part.Key, part))])),
        new ObjectPart<MemoryBreakdown, MemoryBreakdown>("gcHeap", row => row.GcHeap is null ? null : row, new(
        [
            .. Generation.All.Select(generation => new Column<MemoryBreakdown>(generation.Key, generation.Title, Unit.Bytes, row => generation.Of(row.GcHeap!.Generations))),
            new("free", "Free", Unit.Bytes, row => row.GcHeap!.Free),
            new("otherHeaps", "Other .NET heaps", Unit.Bytes, row => row.GcHeap!.OtherHeaps),
            new("notResident", "Not resident", Unit.Bytes, row => row.GenerationsNotResident),
        ])),
        new ObjectPart<MemoryBreakdown, MemoryBreakdown>("images", row => row.Knows(MemoryCategory.Images) ? row : null, new(PartsOf(MemoryCategory.Images))),
        new ObjectPart<MemoryBreakdown, MemoryBreakdown>("mallocHeap", row => row.Knows(MemoryCategory.MallocHeap) ? row : null, new(
        [
            .. PartsOf(MemoryCategory.MallocHeap),
            new("largestArena", "Largest arena", Unit.Bytes, row => row.Malloc.LargestArena),
        ])),
        new ItemsPart<MemoryBreakdown, MappedFile>("largestFiles", row => row.LargestFiles, File),
        new ItemsPart<MemoryBreakdown, HandleCount>("handleCounts", row => row.Collector.HandleCounts, Handles),
        new CellsPart<MemoryBreakdown>("allocators", row => row.Allocators.Select(name => new TextCell(name))),
        new CellsPart<MemoryBreakdown>("limits", row => row.Limits.Select(limit => new TextCell(limit))));

    private static ImmutableArray<Column<MemoryBreakdown>> PartsOf(MemoryCategory category) =>
        [.. BreakdownPart.All.Where(part => part.Category == category && !part.IsCategory).Select(part => Bytes(part.Name!, part))];

    private static Column<MemoryBreakdown> Bytes(string key, BreakdownPart part) => new(key, part.Title, Unit.Bytes, row => part.BytesIn(row));
}
