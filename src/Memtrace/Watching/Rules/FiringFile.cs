using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Watching.Captures;

namespace Memtrace.Watching.Rules;

/// <summary>The firings of the last day in a file, so that a watcher that is restarted does not repeat them. Written and read here.</summary>
internal static class FiringFile
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "state.json";

    /// <summary>Replaces the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="firings">The firings.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<Firing> firings) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartArray("firings");
        foreach (var firing in firings)
        {
            json.WriteStartObject();
            json.WriteString("rule", firing.Rule);
            json.WriteString("process", firing.Process);
            json.WriteString("at", firing.At);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Empty if there is none, or it is damaged.</returns>
    public static ImmutableArray<Firing> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.GetProperty("firings").EnumerateArray().Select(Read)];
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }

    private static Firing Read(JsonElement item) => new(
        item.GetProperty("rule").GetString() ?? "", item.GetProperty("process").GetString() ?? "", item.GetProperty("at").GetDateTimeOffset());
}
