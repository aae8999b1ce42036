using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the tables of a report, column by column. The page has the same columns as the screen, except for bars, which it draws of shares; it formats and sorts them itself.</summary>
internal static class TableDocument
{
    // Marks an estimate with too few samples for an error.
    private const double TooFewSamples = -1;

    /// <summary>Writes a table with the columns that are on the screen.</summary>
    /// <param name="json">Where to write, inside an array.</param>
    /// <param name="id">The table's name in data.</param>
    /// <param name="table">The table.</param>
    /// <param name="names">Where texts and places are written.</param>
    public static void Write(Utf8JsonWriter json, string id, ReportTable table, NameIndex names)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        WriteColumns(json, table, names);
        json.WriteEndObject();
    }

    /// <summary>Writes how many rows there are, and the columns.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="table">The table.</param>
    /// <param name="names">Where texts and places are written.</param>
    public static void WriteColumns(Utf8JsonWriter json, ReportTable table, NameIndex names)
    {
        var rows = table.Rows.ToList();
        json.WriteNumber("rows", rows.Count);
        json.WriteStartArray("columns");
        for (var i = 0; i < table.Columns.Length; i++)
        {
            if (table.Columns[i] is { Placement: not ColumnPlacement.Data, Kind: not ColumnKind.Bar })
                WriteColumn(json, table.Columns[i], [.. rows.Select(row => row[i])], names);
        }

        json.WriteEndArray();
    }

    private static void WriteColumn(Utf8JsonWriter json, Column column, ImmutableArray<Cell?> values, NameIndex names)
    {
        json.WriteStartObject();
        json.WriteString("key", column.Key);
        json.WriteString("title", column.Title);
        json.WriteString("kind", column.Unit is { } unit ? DataName.Of(unit) : DataName.Of(column.Kind));
        json.WriteNumber("rank", column.Rank);
        json.WriteBoolean("detail", column.Placement == ColumnPlacement.Detail);
        if (column is { Kind: ColumnKind.Number, Unit: null } || (column.Kind == ColumnKind.Error && values.Any(value => value is Figure)))
            WriteUnits(json, values);
        json.WriteStartArray("values");
        foreach (var value in values)
            WriteValue(json, column.Kind, value, names);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Each of these numbers has its own unit.
    private static void WriteUnits(Utf8JsonWriter json, ImmutableArray<Cell?> values)
    {
        json.WriteBoolean("isChange", values.Any(value => value is Figure { IsChange: true }));
        json.WriteArray("kinds", values, value => json.WriteStringValue(value is Figure figure ? DataName.Of(figure.Unit) : ""));
    }

    private static void WriteValue(Utf8JsonWriter json, ColumnKind kind, Cell? value, NameIndex names)
    {
        switch (value)
        {
            case TextCell { Text: var text }:
                json.WriteNumberValue(names.Text(text));
                break;
            case TagCell { Tag: var tag }:
                json.WriteNumberValue(names.Text(tag == ChangeTag.None ? "" : DataName.Of(tag)));
                break;
            case PlaceCell { Frame: var frame }:
                json.WriteNumberValue(names.Place(frame));
                break;
            case Curve curve:
                WriteCurve(json, curve);
                break;
            case FlagCell { Value: var flag }:
                json.WriteNumberValue(flag ? 1 : 0);
                break;
            case ErrorCell { Estimate: var estimate }:
                json.WriteNumberOrNull(RelativeError(estimate));
                break;
            case Figure { Value: var number }:
                json.WriteNumberOrNull(number);
                break;
            default:
                WriteUnknown(json, kind);
                break;
        }
    }

    // Texts and places are indexes.
    private static void WriteUnknown(Utf8JsonWriter json, ColumnKind kind)
    {
        if (kind is ColumnKind.Text or ColumnKind.Type or ColumnKind.Method or ColumnKind.Location or ColumnKind.Path)
            json.WriteNumberValue(NameIndex.None);
        else
            json.WriteNullValue();
    }

    private static void WriteCurve(Utf8JsonWriter json, Curve curve)
    {
        json.WriteStartArray();
        json.WriteNumberOrNull(curve.StartSeconds);
        json.WriteNumberOrNull(curve.EndSeconds);
        json.WriteNumberOrNull(Unit.Bytes.Round(curve.FirstBytes));
        json.WriteNumberOrNull(Unit.Bytes.Round(curve.LastBytes));
        foreach (var (seconds, bytes) in curve.Points)
        {
            json.WriteNumberOrNull(Math.Round(seconds, 3));
            json.WriteNumberOrNull(Unit.Bytes.Round(bytes));
        }

        json.WriteEndArray();
    }

    /// <summary>The wider side of the interval, relative to the bytes.</summary>
    private static double? RelativeError(Estimate estimate) => estimate switch
    {
        { HasTooFewSamples: true } => TooFewSamples,
        { Bytes: > 0 } => Math.Max(estimate.Bytes - estimate.LowBytes, estimate.HighBytes - estimate.Bytes) / estimate.Bytes,
        _ => 0,
    };
}
