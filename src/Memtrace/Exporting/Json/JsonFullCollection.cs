using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what came of a full collection as JSON, in the manner of <see cref="JsonReport"/>.</summary>
public static class JsonFullCollection
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/gc";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="observed">The collection.</param>
    public static void Write(Stream stream, ProcessDescription process, ObservedCollection observed)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(observed);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        JsonReport.WriteProcess(json, process);
        json.WriteFraction("pauseMs", observed.Collection.PauseMs);
        WriteState(json, "before", observed.Collection.Before, observed.RssBeforeBytes);
        WriteState(json, "after", observed.Collection.After, observed.RssAfterBytes);
        json.WriteInteger("returnedBytes", observed.ReturnedBytes);
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, string key, HeapState moment, long? rss)
    {
        json.WriteStartObject(key);
        json.WriteInteger("rssBytes", rss);
        json.WriteInteger("gcCommittedBytes", moment.CommittedBytes);
        json.WriteNumber("gcHeapBytes", moment.Size.Total);
        WriteGenerations(json, "sizeBytes", moment.Size);
        WriteGenerations(json, "freeBytes", moment.Free);
        json.WriteEndObject();
    }

    private static void WriteGenerations(Utf8JsonWriter json, string key, GenerationBytes bytes)
    {
        json.WriteStartObject(key);
        foreach (var generation in FullCollectionTable.Generations)
            json.WriteNumber(generation.Key, generation.Of(bytes));
        json.WriteEndObject();
    }
}
