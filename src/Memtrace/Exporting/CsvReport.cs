using System.Buffers;
using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>
/// Writes tables as comma-separated values: a header, fields quoted by RFC 4180, lines that end with LF,
/// numbers with a decimal point in any culture, an empty field for what is unknown. No text can act as a formula or as a control sequence
/// (<see cref="SpreadsheetText"/>).
/// </summary>
internal static class CsvReport
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a table: a header, then its rows.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="table">The table.</param>
    public static void Write(TextWriter writer, ReportTable table) => Write(writer, [table]);

    /// <summary>Writes tables of the same columns as one: a header, then their rows.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="tables">The tables, one or more.</param>
    public static void Write(TextWriter writer, IReadOnlyList<ReportTable> tables)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(tables);
        WriteLine(writer, [.. tables[0].Columns.Where(IsField).Select(column => column.Key)]);
        foreach (var table in tables)
            WriteRows(writer, table);
    }

    /// <summary>Writes the rows of a table that has its header already.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="table">The table.</param>
    public static void WriteRows(TextWriter writer, ReportTable table)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(table);
        foreach (var row in table.Rows)
            WriteLine(writer, [.. table.Columns.Zip(row).Where(item => IsField(item.First)).Select(item => Field(item.Second))]);
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
        TextCell { Text: var text } => SpreadsheetText.Of(text),
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
