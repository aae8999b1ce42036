using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what changed between two snapshots of a heap as JSON.</summary>
internal static class JsonHeapComparison
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/heap-diff";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    private static readonly Schema<HeapChange> Change = new(
    [
        new("tag", "Tag", ColumnKind.Tag, row => new TagCell(row.Tag)),
        new("beforeObjects", "Objects before", Unit.Count, row => row.Before?.Objects),
        new("afterObjects", "Objects", Unit.Count, row => row.After?.Objects),
        new("changeObjects", "Change", Unit.Count, row => row.ObjectsDifference),
        new("beforeBytes", "Bytes before", Unit.Bytes, row => row.Before?.Bytes),
        new("afterBytes", "Bytes", Unit.Bytes, row => row.After?.Bytes),
        new("changeBytes", "Change", Unit.Bytes, row => row.BytesDifference),
        new("beforeRetainedBytes", "Retained before", Unit.Bytes, row => row.Before?.RetainedBytes),
        new("afterRetainedBytes", "Retained", Unit.Bytes, row => row.After?.RetainedBytes),
        new("changeRetainedBytes", "Change", Unit.Bytes, row => row.RetainedDifference),
    ]);

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
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
        json.WriteString("caveat", comparison.Caveat);
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

    private static void WritePath(Utf8JsonWriter json, HeapChange change) => json.WriteArray("path", change.Path, json.WriteStringValue);

    private static void WriteChanges(Utf8JsonWriter json, string key, ImmutableArray<HeapChange> changes, Action<HeapChange> writeName) =>
        json.WriteArray(key, changes, change =>
        {
            json.WriteStartObject();
            writeName(change);
            Change.WriteMembers(json, change);
            json.WriteEndObject();
        });
}
