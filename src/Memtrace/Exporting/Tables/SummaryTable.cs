using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The single figures of a profile as a table of two columns.</summary>
public static class SummaryTable
{
    /// <summary>
    /// A table of everything in the JSON report that is not a list: <c>memory.rss.peakBytes</c> and its value, and so on.
    /// </summary>
    /// <param name="profile">The profile.</param>
    public static ReportTable Of(MemoryProfile profile) => Flattened(stream => JsonReport.Write(stream, WithoutLists(profile)));

    /// <summary>The same of a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public static ReportTable Of(ProfileComparison comparison) => Flattened(stream => JsonComparison.Write(stream, WithoutLists(comparison)));

    private static ReportTable Flattened(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        using var document = JsonDocument.Parse(stream.ToArray());
        return ReportTable.Of(
            Flatten(document.RootElement, "").ToList(),
            new Column<KeyValuePair<string, string>>("key", "", ColumnKind.Text, row => row.Key),
            new("value", "", ColumnKind.Text, row => row.Value));
    }

    // The collections stay: their counts are figures of their own.
    private static MemoryProfile WithoutLists(MemoryProfile profile) => profile with
    {
        Allocations = profile.Allocations with { Types = [], Sites = [], Stacks = [] },
        Timeline = [],
        Live = profile.Live is { } live ? WithoutLists(live) : null,
    };

    private static LiveHeapProfile WithoutLists(LiveHeapProfile live) => live with
    {
        End = WithoutLists(live.End),
        Peak = WithoutLists(live.Peak),
        PeakRss = live.PeakRss is { } peakRss ? WithoutLists(peakRss) : null,
        Growth = [],
        Lifetimes = [],
    };

    private static LiveSnapshot WithoutLists(LiveSnapshot snapshot) => snapshot with { Types = [], Sites = [], Stacks = [] };

    private static ProfileComparison WithoutLists(ProfileComparison comparison) => comparison with
    {
        Metrics = [.. comparison.Metrics.Select(metric => metric with { Types = [], Sites = [] })],
    };

    private static IEnumerable<KeyValuePair<string, string>> Flatten(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.Array => [],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(
            member => Flatten(member.Value, key.Length == 0 ? member.Name : key + "." + member.Name)),
        JsonValueKind.Null => [new(key, "")],
        JsonValueKind.String => [new(key, value.GetString()!)],
        _ => [new(key, value.GetRawText())],
    };
}
