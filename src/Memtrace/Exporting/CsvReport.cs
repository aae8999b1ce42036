using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>
/// Writes tables as comma-separated values: a header, fields quoted as RFC 4180 says, lines ended by LF,
/// numbers with a decimal point whatever the culture, nothing between two commas where a value is not known.
/// </summary>
public static class CsvReport
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a table.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="table">The table.</param>
    public static void Write(TextWriter writer, ReportTable table)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(table);
        WriteHeader(writer, table, []);
        WriteRows(writer, table, []);
    }

    /// <summary>Writes the tables of several recordings as one, with the recording's file in a first column <c>recording</c>.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tables">The tables, all of the same columns, each with its recording's file.</param>
    public static void Write(TextWriter writer, IEnumerable<(string File, ReportTable Table)> tables)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(tables);
        var first = true;
        foreach (var (file, table) in tables)
        {
            if (first)
                WriteHeader(writer, table, ["recording"]);
            WriteRows(writer, table, [file]);
            first = false;
        }
    }

    /// <summary>Writes the rows of a table without the header, for a table that goes on.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="table">The table.</param>
    public static void WriteRows(TextWriter writer, ReportTable table)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(table);
        WriteRows(writer, table, []);
    }

    private static void WriteHeader(TextWriter writer, ReportTable table, ReadOnlySpan<string> before) =>
        WriteLine(writer, [.. before, .. table.Columns.Where(IsField).Select(column => column.Key)]);

    private static void WriteRows(TextWriter writer, ReportTable table, ImmutableArray<string> before)
    {
        foreach (var row in table.Rows)
        {
            var fields = table.Columns.Zip(row).Where(cell => IsField(cell.First)).Select(cell => Field(cell.Second));
            WriteLine(writer, [.. before, .. fields]);
        }
    }

    private static bool IsField(Column column) => column is { InData: true, IsScalar: true };

    private static void WriteLine(TextWriter writer, ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                writer.Write(',');
            writer.Write(Quoted(fields[i]));
        }

        writer.Write('\n');
    }

    private static string Field(Cell? cell) => cell switch
    {
        TextCell { Text: var text } => text,
        FlagCell { Value: var flag } => flag ? "true" : "false",
        Figure { Unit.IsWhole: true } figure => ((long)figure.Rounded).ToString(CultureInfo.InvariantCulture),
        Figure figure => figure.Rounded.ToString(CultureInfo.InvariantCulture),
        ErrorCell { Estimate: var estimate } => Field(Figure.Of(Unit.Bytes, estimate.ErrorBytes)),
        TagCell { Tag: not ChangeTag.None and var tag } => DataName.Of(tag),
        _ => "",
    };

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(NeedQuotes) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
