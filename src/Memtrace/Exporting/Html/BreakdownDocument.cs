using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes where the resident set was.</summary>
internal static class BreakdownDocument
{
    /// <summary>Writes <c>breakdown</c>: each moment with its categories, in the order of <see cref="MemoryCategory"/>, and what they are made of.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="breakdown">The moments.</param>
    public static void Write(Utf8JsonWriter json, ImmutableArray<MemoryBreakdown> breakdown) =>
        json.WriteArray("breakdown", breakdown, moment => WriteSnapshot(json, moment));

    private static void WriteSnapshot(Utf8JsonWriter json, MemoryBreakdown moment)
    {
        json.WriteFraction("atSeconds", moment.AtSeconds);
        json.WriteString("reason", BreakdownNames.Of(moment.Reason));
        json.WriteNumber("rssBytes", moment.RssBytes);
        json.WriteNumber("swapBytes", moment.SwapBytes);
        json.WriteArray("parts", [.. BreakdownPart.Of(moment)], part =>
        {
            json.WriteString("key", part.Key);
            json.WriteString("title", part.Title);
            json.WriteBoolean("isCategory", part.IsCategory);
            json.WriteInteger("bytes", part.Bytes);
        });
        json.WriteStartArray("limits");
        foreach (var limit in moment.Limits)
            json.WriteStringValue(limit);
        json.WriteEndArray();
    }
}
