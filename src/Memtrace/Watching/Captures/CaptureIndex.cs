using System.Collections.Immutable;
using System.Text.Json;

namespace Memtrace.Watching.Captures;

/// <summary>The list of saved files as JSON (docs/watch.md). Written and read here.</summary>
internal static class CaptureIndex
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "index.json";

    private const string Schema = "dotnet-memtrace/watch-index";

    /// <summary>A directory holds some hundred files at most; a longer list is none of a watcher.</summary>
    private const long LongestFile = 16 << 20;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Writes the list.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="captures">The files, oldest first.</param>
    public static void Write(Stream stream, IEnumerable<Capture> captures)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", 1);
        json.WriteStartArray("captures");
        foreach (var capture in captures)
            Write(json, capture);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a list.</summary>
    /// <param name="text">The file's content.</param>
    /// <returns>Empty if the file is not such a list; saved files are also found by their names.</returns>
    public static ImmutableArray<Capture> Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.GetProperty("captures").EnumerateArray().Select(Read)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>The last heap snapshot that a watcher saved of the process of a recording; null if there is none, or if no watcher saved the recording.</summary>
    /// <param name="recording">The recording's file.</param>
    /// <exception cref="IOException">The list cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to it is denied.</exception>
    public static string? SnapshotOf(string recording)
    {
        var directory = Path.GetDirectoryName(recording) ?? "";
        if (new FileInfo(Path.Combine(directory, FileName)) is not { Exists: true, Length: <= LongestFile } index)
            return null;
        var captures = Read(File.ReadAllBytes(index.FullName));
        if (captures.FirstOrDefault(capture => capture.File == Path.GetFileName(recording))?.Cause is not { } cause)
            return null;
        return captures.Where(capture => capture.Kind == CaptureKind.Heap && capture.Cause?.IsOfSameProcess(cause) == true && Path.GetFileName(capture.File) == capture.File)
            .OrderByDescending(capture => capture.SavedAt).Select(capture => Path.Combine(directory, capture.File)).FirstOrDefault(File.Exists);
    }

    private static void Write(Utf8JsonWriter json, Capture capture)
    {
        json.WriteStartObject();
        json.WriteString("file", capture.File);
        json.WriteString("kind", KindName(capture.Kind));
        json.WriteString("savedAt", capture.SavedAt);
        json.WriteNumber("bytes", capture.Bytes);
        if (capture.Cause is { } cause)
        {
            json.WriteNumber("processId", cause.ProcessId);
            json.WriteString("process", cause.Process);
            if (cause.ProcessStartedAt is { } startedAt)
                json.WriteString("processStartedAt", startedAt);
            json.WriteString("rule", cause.Rule);
            json.WriteString("observed", cause.Observed);
        }

        json.WriteEndObject();
    }

    private static Capture Read(JsonElement item) => new(
        item.GetProperty("file").GetString() ?? "",
        Enum.GetValues<CaptureKind>().First(kind => item.GetProperty("kind").ValueEquals(KindName(kind))),
        item.GetProperty("savedAt").GetDateTimeOffset(),
        item.GetProperty("bytes").GetInt64())
    {
        Cause = item.TryGetProperty("rule", out var rule)
            ? new CaptureCause(
                item.GetProperty("processId").GetInt32(),
                item.GetProperty("process").GetString() ?? "",
                rule.GetString() ?? "",
                item.GetProperty("observed").GetString() ?? "")
            {
                ProcessStartedAt = item.TryGetProperty("processStartedAt", out var startedAt) ? startedAt.GetDateTimeOffset() : null,
            }
            : null,
    };

    private static string KindName(CaptureKind kind) => kind switch
    {
        CaptureKind.Recording => "recording",
        CaptureKind.Heap => "heap",
        _ => "core",
    };
}
