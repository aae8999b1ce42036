using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>
/// Writes a comparison as JSON, in the manner of <see cref="JsonReport"/>. Amounts are in the <c>unit</c> beside them: bytes, bytes a second, or bytes
/// per byte allocated in all.
/// </summary>
public static class JsonComparison
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/diff";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Stream stream, ProfileComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        json.WriteString("normalization", ComparisonNames.Of(comparison.Normalization));
        WriteSide(json, "before", comparison.Before);
        WriteSide(json, "after", comparison.After);
        WriteMemory(json, comparison);
        WriteBreakdown(json, comparison);
        WriteTotals(json, comparison);
        WriteTypes(json, comparison);
        WriteSites(json, comparison);
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string key, MemoryProfile profile)
    {
        json.WriteStartObject(key);
        JsonReport.WriteProcess(json, profile.Process);
        JsonReport.WriteRecording(json, profile.Recording, profile.Allocations.Sampling);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, ProfileComparison comparison)
    {
        json.WriteStartObject("memory");
        foreach (var figure in MemoryFigure.All)
        {
            var (before, after) = (figure.Value(comparison.Before), figure.Value(comparison.After));
            var unit = figure.Kind == ColumnKind.Bytes ? "Bytes" : "";
            json.WriteStartObject(figure.Key);
            json.WriteFigure("before" + unit, figure.Kind, before);
            json.WriteFigure("after" + unit, figure.Kind, after);
            json.WriteFigure("change" + unit, figure.Kind, after - before);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Files are no parts that both must have.
    private static void WriteBreakdown(Utf8JsonWriter json, ProfileComparison comparison)
    {
        json.WriteOptional("breakdown", comparison.Breakdown, change =>
        {
            var before = BreakdownPart.Of(change.Before).ToLookup(part => part.Key, part => part.Bytes, StringComparer.Ordinal);
            foreach (var part in BreakdownPart.Of(change.After).Where(part => part.IsCategory || part.Category != MemoryCategory.MappedFiles))
            {
                var bytes = before[part.Key].FirstOrDefault();
                json.WriteStartObject(part.Key);
                json.WriteInteger("beforeBytes", bytes);
                json.WriteInteger("afterBytes", part.Bytes);
                json.WriteInteger("changeBytes", part.Bytes - bytes);
                json.WriteEndObject();
            }
        });
    }

    private static void WriteTotals(Utf8JsonWriter json, ProfileComparison comparison)
    {
        json.WriteStartObject("totals");
        foreach (var metric in comparison.Metrics)
        {
            json.WriteStartObject(ComparisonNames.Of(metric.Metric));
            WriteChange(json, metric.Total);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTypes(Utf8JsonWriter json, ProfileComparison comparison)
    {
        json.WriteStartArray("types");
        foreach (var (metric, type) in comparison.Metrics.SelectMany(metric => metric.Types.Select(type => (metric.Metric, type))))
        {
            json.WriteStartObject();
            json.WriteString("type", type.Type);
            json.WriteString("metric", ComparisonNames.Of(metric));
            WriteChange(json, type.Change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSites(Utf8JsonWriter json, ProfileComparison comparison)
    {
        json.WriteStartArray("sites");
        foreach (var (metric, site) in comparison.Metrics.SelectMany(metric => metric.Sites.Select(site => (metric.Metric, site))))
        {
            json.WriteStartObject();
            json.WriteString("type", site.Type);
            json.WriteString("method", site.Site?.Method);
            json.WriteString("file", site.Site?.File);
            json.WriteInteger("line", site.Site?.Line);
            json.WriteString("metric", ComparisonNames.Of(metric));
            WriteChange(json, site.Change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteChange(Utf8JsonWriter json, Change change)
    {
        var kind = ComparisonTables.Kind(change);
        json.WriteString("unit", ComparisonNames.Of(change.Unit));
        json.WriteFigure("beforeBytes", kind, change.Before);
        json.WriteFigure("afterBytes", kind, change.After);
        json.WriteFigure("changeBytes", kind, change.Difference);
        json.WriteFigure("changeRatio", ColumnKind.Ratio, change.Ratio);
        json.WriteFigure("errorBytes", kind, change.Error);
        json.WriteBoolean("significant", change.Significant);
        json.WriteString("tag", change.Tag == ChangeTag.None ? null : ComparisonNames.Of(change.Tag));
        json.WriteNumber("beforeSamples", change.BeforeSamples);
        json.WriteNumber("afterSamples", change.AfterSamples);
    }
}
