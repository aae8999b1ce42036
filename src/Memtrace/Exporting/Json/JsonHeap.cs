using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what is on a heap as JSON.</summary>
public static class JsonHeap
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/heap";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="profile">The heap.</param>
    /// <param name="paths">Paths to objects, or null where none were asked for.</param>
    public static void Write(Stream stream, HeapProfile profile, ImmutableArray<HeapPath>? paths)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        WriteFacts(json, profile);
        json.WriteArray("types", profile.Types, type => WriteType(json, type));
        json.WriteArray("roots", profile.Roots, root => WriteRoot(json, root));
        json.WriteArray("retainers", profile.Retainers, retainer => WriteRetainer(json, retainer));
        json.WriteArray("suspects", profile.Suspects, suspect => WriteSuspect(json, suspect));
        if (paths is { } found)
            json.WriteArray("paths", found, path => WritePath(json, path));
        WriteSizes(json, profile.Sizes);
        json.WriteEndObject();
    }

    /// <summary>Writes the process and the snapshot.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="profile">The heap.</param>
    internal static void WriteFacts(Utf8JsonWriter json, HeapProfile profile)
    {
        var facts = profile.Facts;
        JsonReport.WriteProcess(json, facts.Process);
        json.WriteStartObject("snapshot");
        json.WriteString("file", profile.File);
        json.WriteString("source", HeapNames.Of(facts.Source));
        json.WriteString("takenAt", facts.TakenAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteFraction("stopSeconds", facts.StopSeconds ?? double.NaN);
        json.WriteNumber("objects", profile.Objects);
        json.WriteNumber("bytes", profile.Bytes);
        json.WriteInteger("bytesBefore", facts.BytesBefore);
        json.WriteBoolean("complete", profile.HasReferences);
        json.WriteNumber("unheldObjects", profile.UnheldObjects);
        json.WriteNumber("unheldBytes", profile.UnheldBytes);
        json.WriteInteger("committedBytes", facts.Collection?.After.CommittedBytes);
        json.WriteInteger("rssBytes", facts.RssBytes);
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, HeapTypeSummary type)
    {
        json.WriteString("type", type.Type);
        json.WriteString("module", type.Module);
        json.WriteNumber("objects", type.Objects);
        json.WriteNumber("bytes", type.Bytes);
        json.WriteInteger("retainedBytes", type.RetainedBytes);
        json.WriteNumber("largestBytes", type.LargestBytes);
    }

    private static void WriteRoot(Utf8JsonWriter json, HeapRootSummary root)
    {
        json.WriteString("kind", HeapNames.Of(root.Kind));
        json.WriteString("name", root.Name);
        json.WriteString("type", root.Type);
        json.WriteNumber("objects", root.Objects);
        json.WriteNumber("retainedBytes", root.RetainedBytes);
    }

    private static void WriteRetainer(Utf8JsonWriter json, HeapRetainer retainer)
    {
        WritePath(json, retainer.Path);
        json.WriteNumber("objects", retainer.Objects);
        json.WriteNumber("bytes", retainer.Bytes);
        json.WriteNumber("retainedBytes", retainer.RetainedBytes);
        json.WriteArray("children", retainer.Children, child => WriteRetainer(json, child));
    }

    private static void WriteSuspect(Utf8JsonWriter json, HeapSuspect suspect)
    {
        json.WriteString("title", suspect.Title);
        json.WriteString("advice", suspect.Advice);
        json.WriteString("type", suspect.Type);
        json.WriteNumber("objects", suspect.Objects);
        json.WriteNumber("retainedBytes", suspect.RetainedBytes);
        json.WriteFraction("share", suspect.Share);
        WritePath(json, suspect.Path);
        json.WriteNull("allocatedAt");
    }

    private static void WritePath(Utf8JsonWriter json, HeapPath path)
    {
        WritePath(json, path.Path);
        json.WriteString("type", path.Type);
        json.WriteNumber("objects", path.Objects);
        json.WriteNumber("bytes", path.Bytes);
        json.WriteNumber("heldAlone", path.HeldAlone);
    }

    private static void WritePath(Utf8JsonWriter json, ImmutableArray<HeapStep> path)
    {
        json.WriteStartArray("path");
        foreach (var step in path)
            json.WriteStringValue(step.Name);
        json.WriteEndArray();
    }

    private static void WriteSizes(Utf8JsonWriter json, HeapSizes sizes)
    {
        json.WriteStartObject("sizes");
        json.WriteArray("ranges", sizes.Ranges, range =>
        {
            json.WriteNumber("fromBytes", range.FromBytes);
            json.WriteNumber("toBytes", range.ToBytes);
            json.WriteNumber("objects", range.Objects);
            json.WriteNumber("bytes", range.Bytes);
        });
        json.WriteArray("alike", sizes.Alike, alike =>
        {
            json.WriteString("type", alike.Type);
            json.WriteNumber("sizeBytes", alike.SizeBytes);
            json.WriteInteger("length", alike.Length);
            json.WriteNumber("objects", alike.Objects);
            json.WriteNumber("bytes", alike.Bytes);
        });
        json.WriteNumber("emptyArrays", sizes.EmptyArrays);
        json.WriteNumber("emptyArrayBytes", sizes.EmptyArrayBytes);
        json.WriteArray("unusedSlots", sizes.UnusedSlots, slots =>
        {
            json.WriteString("type", slots.Type);
            json.WriteNumber("arrays", slots.Arrays);
            json.WriteNumber("slots", slots.Slots);
            json.WriteNumber("unused", slots.Unused);
            json.WriteNumber("unusedBytes", slots.UnusedBytes);
        });
        json.WriteEndObject();
    }
}
