using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes where the resident set was.</summary>
internal static class BreakdownDocument
{
    /// <summary>Writes <c>breakdown</c>: for each moment the bytes of each category, in the order of <see cref="MemoryCategory"/>.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="breakdown">The moments.</param>
    public static void Write(Utf8JsonWriter json, ImmutableArray<MemoryBreakdown> breakdown)
    {
        json.WriteStartObject("breakdown");
        json.WriteStartArray("categories");
        foreach (var category in Enum.GetValues<MemoryCategory>())
            json.WriteStringValue(Name(category.ToString()));
        json.WriteEndArray();
        json.WriteArray("moments", breakdown, moment => WriteMoment(json, moment));
        json.WriteEndObject();
    }

    private static void WriteMoment(Utf8JsonWriter json, MemoryBreakdown moment)
    {
        json.WriteFraction("atSeconds", moment.AtSeconds);
        json.WriteString("reason", Name(moment.Reason.ToString()));
        json.WriteNumber("rssBytes", moment.RssBytes);
        json.WriteNumber("swapBytes", moment.SwapBytes);
        json.WriteNumbers("bytes", Enum.GetValues<MemoryCategory>().Select(category => (double?)moment[category]));
        json.WriteStartArray("limits");
        foreach (var limit in moment.Limits)
            json.WriteStringValue(limit);
        json.WriteEndArray();
    }

    private static string Name(string value) => JsonNamingPolicy.CamelCase.ConvertName(value);
}
