using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of a comparison's page as JSON, in the same way as <see cref="ProfileDocument"/>.</summary>
internal static class ComparisonDocument
{
    /// <summary>Writes the document.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="filter">The filter that was applied, or null.</param>
    /// <param name="commandOf">The command for a next step of a caveat; null if there are no commands.</param>
    public static void Write(Stream stream, ProfileComparison comparison, ProfileFilter? filter, Func<NextStep, MemoryProfile, string>? commandOf)
    {
        var parts = DocumentParts.Create();
        using var json = new Utf8JsonWriter(stream, HtmlReport.Options);
        json.WriteStartObject();
        json.WriteString("kind", "comparison");
        ProfileDocument.WriteFilter(json, filter);
        json.WriteString("normalization", DataName.Of(comparison.Normalization));
        WriteSide(json, "before", comparison.Before, commandOf);
        WriteSide(json, "after", comparison.After, commandOf);

        json.WriteStartArray("flames");
        foreach (var metric in comparison.Metrics)
            FlameDocument.Write(json, metric, parts);
        json.WriteEndArray();

        json.WriteStartArray("tables");
        foreach (var (id, table) in Tables(comparison))
            TableDocument.Write(json, id, table, parts.Names);
        json.WriteEndArray();

        parts.Write(json);
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string key, MemoryProfile profile, Func<NextStep, MemoryProfile, string>? commandOf)
    {
        json.WriteStartObject(key);
        ProfileDocument.WriteSubject(json, profile, commandOf);
        json.WriteEndObject();
    }

    private static IEnumerable<(string Id, ReportTable Table)> Tables(ProfileComparison comparison)
    {
        yield return ("memory", ComparisonTables.Memory(comparison));
        if (comparison.Breakdown is { } breakdown)
            yield return ("where", BreakdownTables.Changes(breakdown));
        foreach (var metric in comparison.Metrics)
        {
            var name = DataName.Of(metric.Metric);
            yield return ($"types.{name}", ComparisonTables.Types([metric]));
            yield return ($"sites.{name}", ComparisonTables.Sites([metric]));
            if (metric.Tree is { } tree)
                yield return ($"gone.{name}", GoneStacksTable.Of(tree));
        }
    }
}
