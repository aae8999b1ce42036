using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>Writes what is on a heap as JSON.</summary>
internal static class JsonHeap
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/heap";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    private static readonly Schema<HeapProfile> Snapshot = new(
    [
        new("file", "File", ColumnKind.Text, row => row.File),
        new("source", "Source", ColumnKind.Text, row => DataName.Of(row.Facts.Source)),
        new("includesGarbage", "Garbage included", row => row.Facts.IncludesGarbage),
        new("takenAt", "Taken", ColumnKind.Text, row => row.Facts.TakenAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        new("stopSeconds", "Paused", Unit.Seconds, row => row.Facts.StopSeconds),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("bytesBefore", "Before", Unit.Bytes, row => row.Facts.BytesBefore),
        new("complete", "Complete", row => row.HasReferences),
        new("handlesComplete", "GC handles complete", row => row.Facts.Dump is null ? null : HeapCaveats.Handles(row) is null),
        new("unheldObjects", "Objects held by no root", Unit.Count, row => row.HasReferences ? row.UnheldObjects : null),
        new("unheldBytes", "Held by no root", Unit.Bytes, row => row.HasReferences ? row.UnheldBytes : null),
        new("committedBytes", "GC committed", Unit.Bytes, row => row.Facts.CommittedBytes),
        new("rssBytes", "RSS", Unit.Bytes, row => row.Facts.RssBytes),
    ]);

    private static readonly Schema<HeapRetainer> Retainer = new(
    [
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("retainedBytes", "Retained", Unit.Bytes, row => row.RetainedBytes),
    ]);

    private static readonly Schema<HeapSuspect> Suspect = new(
    [
        new("title", "Suspect", ColumnKind.Text, row => row.Title),
        new("advice", "Advice", ColumnKind.Text, row => row.Advice),
        new("type", "Type", ColumnKind.Type, row => row.Type),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("retainedBytes", "Retained", Unit.Bytes, row => row.RetainedBytes),
        new("share", "Share", Unit.Share, row => row.Share),
    ]);

    private static readonly Schema<HeapPath> PathTo = new(
    [
        new("type", "Type", ColumnKind.Type, row => row.Type),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("heldAlone", "Held alone", Unit.Count, row => row.HeldAlone),
        new("weakHandles", "Weak handles", Unit.Count, row => row.WeakHandles),
    ]);

    private static readonly Schema<JoinedRecording> Recording = new(
    [
        new("file", "Recording", ColumnKind.Text, row => row.File),
        new("trackedObjects", "Tracked", Unit.Count, row => row.Tracked),
        new("foundObjects", "Found", Unit.Count, row => row.Found),
        new("foundShare", "Found of the bytes", Unit.Share, row => row.FoundShare),
        new("reusedObjects", "Reused memory", Unit.Count, row => row.Reused),
    ]);

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The heap.</param>
    /// <param name="paths">Paths to objects, or null if none were asked for.</param>
    public static void Write(Stream stream, HeapProfile profile, ImmutableArray<HeapPath>? paths)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        WriteFacts(json, profile);
        Recording.Write(json, "recording", profile.Recording);
        var type = new Schema<HeapTypeSummary>(HeapTables.TypeColumns(profile));
        json.WriteArray("types", profile.Types, row => WriteType(json, row, type, profile.Recording));
        JsonTable.Write(json, "roots", HeapTables.Roots(profile));
        json.WriteArray("retainers", profile.Retainers, retainer => WriteRetainer(json, retainer, profile.Recording));
        json.WriteArray("suspects", profile.Suspects, suspect => WriteSuspect(json, suspect, profile.Recording));
        if (paths is { } found)
            json.WriteArray("paths", found, path => WritePath(json, path));
        WriteSizes(json, profile);
        JsonDump.Write(json, profile.Facts.Dump);
        json.WriteEndObject();
    }

    /// <summary>Writes the process and the snapshot.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="profile">The heap.</param>
    internal static void WriteFacts(Utf8JsonWriter json, HeapProfile profile)
    {
        ProcessSchema.Process.Write(json, "process", profile.Facts.Process);
        Snapshot.Write(json, "snapshot", profile);
    }

    private static void WriteType(Utf8JsonWriter json, HeapTypeSummary type, Schema<HeapTypeSummary> schema, JoinedRecording? recording)
    {
        json.WriteStartObject();
        schema.WriteMembers(json, type);
        if (recording is not null)
            WriteOrigin(json, type.AllocatedAt, recording);
        json.WriteEndObject();
    }

    private static void WriteRetainer(Utf8JsonWriter json, HeapRetainer retainer, JoinedRecording? recording)
    {
        json.WriteStartObject();
        WriteSteps(json, retainer.Path);
        Retainer.WriteMembers(json, retainer);
        if (recording is not null)
            WriteOrigin(json, retainer.AllocatedAt, recording);
        json.WriteArray("children", retainer.Children, child => WriteRetainer(json, child, recording));
        json.WriteEndObject();
    }

    private static void WriteSuspect(Utf8JsonWriter json, HeapSuspect suspect, JoinedRecording? recording)
    {
        json.WriteStartObject();
        Suspect.WriteMembers(json, suspect);
        WriteSteps(json, suspect.Path);
        WriteOrigin(json, suspect.AllocatedAt, recording);
        json.WriteCell("growthBytesPerSecond", Figure.Of(Unit.BytesPerSecond, suspect.GrowthBytesPerSecond));
        json.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter json, ImmutableArray<HeldSite>? sites, JoinedRecording? recording) =>
        JsonTable.Write(json, "allocatedAt", sites is { } known && recording is not null ? HeapTables.Sites(known, recording.Sampling) : null);

    private static void WritePath(Utf8JsonWriter json, HeapPath path)
    {
        json.WriteStartObject();
        WriteSteps(json, path.Path);
        json.WriteArray("links", path.Path, step => json.WriteStringValue(step.Link is { } link ? DataName.Of(link) : null));
        PathTo.WriteMembers(json, path);
        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, ImmutableArray<HeapStep> path)
    {
        json.WriteArray("path", path, step => json.WriteStringValue(step.Name));
        json.WriteArray("fields", path, step => json.WriteStringValue(step.Field));
    }

    private static void WriteSizes(Utf8JsonWriter json, HeapProfile profile)
    {
        var sizes = profile.Sizes;
        json.WriteStartObject("sizes");
        JsonTable.Write(json, "ranges", HeapTables.Sizes(profile));
        JsonTable.Write(json, "arrays", HeapTables.Arrays(profile));
        JsonTable.Write(json, "alike", HeapTables.Alike(sizes.Alike));
        json.WriteNumber("emptyArrays", sizes.EmptyArrays);
        json.WriteNumber("emptyArrayBytes", sizes.EmptyArrayBytes);
        json.WriteCell("paddingBytes", Figure.Of(Unit.Bytes, profile.Facts.PaddingBytes));
        JsonTable.Write(json, "unusedSlots", HeapTables.UnusedSlots(sizes.UnusedSlots));
        json.WriteEndObject();
    }
}
