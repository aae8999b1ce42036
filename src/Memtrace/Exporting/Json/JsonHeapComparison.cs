using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what changed between two snapshots of a heap as JSON.</summary>
public static class JsonHeapComparison
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/heap-diff";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Stream stream, HeapComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        WriteSide(json, "before", comparison.Before);
        WriteSide(json, "after", comparison.After);
        WriteChanges(json, "types", comparison.Types, change => json.WriteString("type", change.Path[0]));
        WriteChanges(json, "roots", comparison.Roots, change => WritePath(json, change));
        WriteChanges(json, "retainers", comparison.Retainers, change => WritePath(json, change));
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string key, HeapProfile profile)
    {
        json.WriteStartObject(key);
        JsonHeap.WriteFacts(json, profile);
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, HeapChange change)
    {
        json.WriteStartArray("path");
        foreach (var name in change.Path)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void WriteChanges(Utf8JsonWriter json, string key, ImmutableArray<HeapChange> changes, Action<HeapChange> writeName) =>
        json.WriteArray(key, changes, change =>
        {
            writeName(change);
            json.WriteString("tag", ComparisonNames.Of(change.Tag));
            json.WriteInteger("beforeObjects", change.Before?.Objects);
            json.WriteInteger("afterObjects", change.After?.Objects);
            json.WriteNumber("changeObjects", change.ObjectsDifference);
            json.WriteInteger("beforeBytes", change.Before?.Bytes);
            json.WriteInteger("afterBytes", change.After?.Bytes);
            json.WriteNumber("changeBytes", change.BytesDifference);
            json.WriteInteger("beforeRetainedBytes", change.Before?.RetainedBytes);
            json.WriteInteger("afterRetainedBytes", change.After?.RetainedBytes);
            json.WriteInteger("changeRetainedBytes", change.RetainedDifference);
        });
}
