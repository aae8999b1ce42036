using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the best paths from roots to objects, with how each step holds the next one.</summary>
internal static class PathsDocument
{
    /// <summary>Writes <c>paths</c>.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="names">Where the names are written.</param>
    public static void Write(Utf8JsonWriter json, ImmutableArray<HeapPath> paths, NameIndex names) => json.WriteArray("paths", paths, path => Write(json, path, names));

    private static void Write(Utf8JsonWriter json, HeapPath path, NameIndex names)
    {
        json.WriteStartObject();
        json.WriteNumber("type", names.Text(path.Type));
        json.WriteNumber("objects", path.Objects);
        json.WriteNumber("bytes", path.Bytes);
        json.WriteNumber("heldAlone", path.HeldAlone);
        json.WriteNumber("weakHandles", path.WeakHandles);
        json.WriteNumbers("steps", path.Path.Select(step => names.Text(step.Name)));
        json.WriteNumbers("fields", path.Path.Select(step => names.Text(step.Field)));
        json.WriteNumbers("links", path.Path.Select(step => names.Text(step.Link is { } link ? DataName.Of(link) : null)));
        json.WriteEndObject();
    }
}
