using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the tables of a report, column by column. The page shows what the screen shows; it formats and sorts by itself.</summary>
internal static class TableDocument
{
    // Estimates of which the error means nothing.
    private const double TooFewSamples = -1;

    /// <summary>Writes a table with the columns that are on the screen.</summary>
    /// <param name="json">Where to, inside an array.</param>
    /// <param name="id">What the table is called in data.</param>
    /// <param name="table">The table.</param>
    /// <param name="names">Where texts and places are written.</param>
    public static void Write(Utf8JsonWriter json, string id, ReportTable table, NameIndex names)
    {
        var rows = table.Rows.ToList();
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteNumber("rows", rows.Count);
        json.WriteStartArray("columns");
        for (var i = 0; i < table.Columns.Length; i++)
        {
            if (table.Columns[i].Placement != ColumnPlacement.Data)
                WriteColumn(json, table.Columns[i], [.. rows.Select(row => row[i])], names);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The name of a kind in data.</summary>
    public static string Name(ColumnKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static void WriteColumn(Utf8JsonWriter json, Column column, ImmutableArray<object?> values, NameIndex names)
    {
        json.WriteStartObject();
        json.WriteString("key", column.Key);
        json.WriteString("title", column.Title);
        json.WriteString("kind", Name(column.Kind));
        json.WriteNumber("rank", column.Rank);
        json.WriteBoolean("detail", column.Placement == ColumnPlacement.Detail);
        if (values.Any(value => value is Figure))
            WriteFigures(json, values);
        json.WriteStartArray("values");
        foreach (var value in values)
            WriteValue(json, column.Kind, value, names);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Of figures, each says itself what it is.
    private static void WriteFigures(Utf8JsonWriter json, ImmutableArray<object?> values)
    {
        json.WriteBoolean("isChange", values.Any(value => value is Figure { IsChange: true }));
        json.WriteStartArray("kinds");
        foreach (var value in values)
            json.WriteStringValue(value is Figure figure ? Name(figure.Kind) : "");
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, ColumnKind kind, object? value, NameIndex names)
    {
        switch (kind, value)
        {
            case (ColumnKind.Location, _):
                json.WriteNumberValue(names.Place((Frame?)value));
                break;
            case (ColumnKind.Tag, ChangeTag tag):
                json.WriteNumberValue(names.Text(ComparisonNames.Of(tag)));
                break;
            case (ColumnKind.Text or ColumnKind.Type or ColumnKind.Method, _):
                json.WriteNumberValue(names.Text((string?)value));
                break;
            case (ColumnKind.Curve, Curve curve):
                WriteCurve(json, curve);
                break;
            case (ColumnKind.Flag, bool flag):
                json.WriteNumberValue(flag ? 1 : 0);
                break;
            case (_, Estimate estimate):
                json.WriteNumberOrNull(RelativeError(estimate));
                break;
            case (_, Figure figure):
                json.WriteNumberOrNull(figure.Value);
                break;
            default:
                json.WriteNumberOrNull(value is null ? null : Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteCurve(Utf8JsonWriter json, Curve curve)
    {
        json.WriteStartArray();
        json.WriteNumberOrNull(curve.StartSeconds);
        json.WriteNumberOrNull(curve.EndSeconds);
        json.WriteNumberOrNull(ReportNumber.Whole(curve.FirstBytes));
        json.WriteNumberOrNull(ReportNumber.Whole(curve.LastBytes));
        foreach (var (seconds, bytes) in curve.Points)
        {
            json.WriteNumberOrNull(Math.Round(seconds, 3));
            json.WriteNumberOrNull(ReportNumber.Whole(bytes));
        }

        json.WriteEndArray();
    }

    /// <summary>The error relative to the bytes.</summary>
    private static double? RelativeError(Estimate estimate) => estimate switch
    {
        { HasTooFewSamples: true } => TooFewSamples,
        { Bytes: > 0 } => estimate.ErrorBytes / estimate.Bytes,
        _ => 0,
    };
}
