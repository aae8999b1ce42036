using System.Buffers;
using System.Text.Json;
using Memtrace.Monitoring;

namespace Memtrace.Exporting.Json;

/// <summary>Writes an update of a live view as one line of JSON. The schema is in docs/json.md; it only grows.</summary>
internal static class JsonUpdate
{
    /// <summary>The document's <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/monitor";

    /// <summary>Writes the line with its end.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="update">The update.</param>
    /// <param name="top">How many types and call sites at most.</param>
    public static void Write(Stream stream, LiveUpdate update, int top)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(update);
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
            MonitorSchema.Of(update.Profile.Allocations.Sampling, top).Write(json, update);
        line.Write("\n"u8);

        // In one piece, so that a reader at the other end of a pipe sees whole lines.
        stream.Write(line.WrittenSpan);
        stream.Flush();
    }
}
