using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes where the resident set is as JSON, in the manner of <see cref="JsonReport"/>.</summary>
public static class JsonBreakdown
{
    /// <summary>The value of <c>schema</c> of a document of its own.</summary>
    public const string Schema = "dotnet-memtrace/where";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    /// <summary>Writes one document: an object with the process and the breakdown.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="breakdown">Where its resident set is.</param>
    /// <param name="writeMore">Writes further members, or null.</param>
    public static void Write(Stream stream, ProcessDescription process, MemoryBreakdown breakdown, Action<Utf8JsonWriter>? writeMore = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(breakdown);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        JsonReport.WriteProcess(json, process);
        json.WriteOptional("breakdown", breakdown, item => WriteBreakdown(json, item));
        writeMore?.Invoke(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>breakdown</c> of a report: an array of moments.</summary>
    internal static void Write(Utf8JsonWriter json, ImmutableArray<MemoryBreakdown> breakdowns) =>
        json.WriteArray("breakdown", breakdowns, breakdown => WriteBreakdown(json, breakdown));

    private static void WriteBreakdown(Utf8JsonWriter json, MemoryBreakdown breakdown)
    {
        json.WriteFraction("atSeconds", breakdown.AtSeconds);
        json.WriteString("reason", BreakdownNames.Of(breakdown.Reason));
        json.WriteNumber("rssBytes", breakdown.RssBytes);
        json.WriteNumber("swapBytes", breakdown.SwapBytes);
        json.WriteStartObject("categories");
        foreach (var item in breakdown.Categories)
            json.WriteInteger(BreakdownNames.Of(item.Category), item.KnownBytes);
        json.WriteEndObject();
        json.WriteOptional("gcHeap", breakdown.GcHeap, heap => WriteGenerations(json, heap, breakdown.GenerationsNotResident));
        WriteParts(json, breakdown);
        json.WriteNumber("nonGcHeap", breakdown.Collector.NonGcHeap);
        json.WriteOptional("handles", breakdown.Collector.HandleCounts.IsEmpty ? null : breakdown.Collector, collector => WriteHandles(json, collector));
        json.WriteArray("gcHeaps", breakdown.Collector.Heaps, heap => json.WriteNumber("bytes", heap));
        json.WriteNumber("hugePages", breakdown.HugePageBytes);
        json.WriteNumber("gcHugePages", breakdown.Collector.HugePages);
        json.WriteNumber("lazilyFreed", breakdown.LazilyFreedBytes);
        json.WriteInteger("gpu", breakdown.GpuBytes);
        json.WriteInteger("mappings", breakdown.MappingCount);
        json.WriteInteger("mappingLimit", breakdown.MappingLimit);
        json.WriteNumber("threads", breakdown.Threads);
        json.WriteInteger("arenas", breakdown.Knows(MemoryCategory.MallocHeap) ? breakdown.Malloc.ArenaCount : null);
        json.WriteArray("largestFiles", breakdown.LargestFiles, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteNumber("bytes", file.Bytes);
        });
        WriteTexts(json, "allocators", breakdown.Allocators);
        WriteTexts(json, "limits", breakdown.Limits);
    }

    private static void WriteGenerations(Utf8JsonWriter json, GcHeapBreakdown heap, long notResident)
    {
        json.WriteNumber("gen0", heap.Gen0);
        json.WriteNumber("gen1", heap.Gen1);
        json.WriteNumber("gen2", heap.Gen2);
        json.WriteNumber("loh", heap.Loh);
        json.WriteNumber("poh", heap.Poh);
        json.WriteInteger("free", heap.Free);
        json.WriteNumber("otherHeaps", heap.OtherHeaps);
        json.WriteNumber("notResident", notResident);
    }

    private static void WriteHandles(Utf8JsonWriter json, CollectorMemory collector)
    {
        json.WriteNumber("bytes", collector.Handles);
        json.WriteStartObject("counts");
        foreach (var item in collector.HandleCounts)
            json.WriteNumber(item.Kind, item.Count);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, MemoryBreakdown breakdown)
    {
        json.WriteOptional("images", breakdown.Knows(MemoryCategory.Images) ? breakdown.Images : null, images =>
        {
            json.WriteNumber("managed", images.Managed);
            json.WriteNumber("native", images.Native);
        });
        json.WriteOptional("mallocHeap", breakdown.Knows(MemoryCategory.MallocHeap) ? breakdown.Malloc : null, malloc =>
        {
            json.WriteNumber("mainHeap", malloc.MainHeap);
            json.WriteNumber("arenas", malloc.Arenas);
            json.WriteNumber("mapped", malloc.Mapped);
            json.WriteNumber("largestArena", malloc.LargestArena);
        });
    }

    private static void WriteTexts(Utf8JsonWriter json, string key, ImmutableArray<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
