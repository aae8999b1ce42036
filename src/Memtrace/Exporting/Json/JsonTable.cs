using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;

namespace Memtrace.Exporting.Json;

/// <summary>Tables as members of a JSON document: the columns in data, null if a value is unknown.</summary>
internal static class JsonTable
{
    /// <summary>Writes a table as an array of objects.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="key">The name of the member.</param>
    /// <param name="table">The table; null if it is unknown.</param>
    public static void Write(Utf8JsonWriter json, string key, ReportTable? table)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteArray(key, table?.Rows, row => WriteRow(json, table!.Columns, row));
    }

    /// <summary>Writes one row as an object.</summary>
    /// <typeparam name="TRow">The row's type.</typeparam>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="key">The name of the member.</param>
    /// <param name="row">The row; null if it is unknown.</param>
    /// <param name="columns">The columns.</param>
    public static void Write<TRow>(Utf8JsonWriter json, string key, TRow? row, ImmutableArray<Column<TRow>> columns)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(json);
        new Schema<TRow>(columns).Write(json, key, row);
    }

    private static void WriteRow(Utf8JsonWriter json, ImmutableArray<Column> columns, ImmutableArray<Cell?> row)
    {
        json.WriteStartObject();
        foreach (var (column, cell) in columns.Zip(row).Where(item => item.First.InData))
            json.WriteCell(column.Key, cell);
        json.WriteEndObject();
    }
}
