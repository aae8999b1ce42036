using System.Collections.Immutable;
using Memtrace.Exporting;

namespace Memtrace.Tool.Rendering;

/// <summary>
/// Lays a table out for a page: figures right-aligned and whole, names shortened to the room that is left, columns of high rank
/// left out where that room would get too small.
/// </summary>
internal sealed class TextTable
{
    private const string Indent = "  ";
    private const string Gap = "  ";

    private readonly ReportPage _page;
    private readonly CellFormat _format;
    private readonly ImmutableArray<ColumnLayout> _columns;
    private readonly ImmutableArray<(Column Column, int Index)> _details;
    private readonly ImmutableArray<ImmutableArray<object?>> _rows;

    private TextTable(ReportPage page, ReportTable table)
    {
        _page = page;
        _format = new CellFormat(page.Glyphs, page.Names);
        _rows = [.. table.Rows];
        _columns = Layout(table);
        _details = [.. table.Columns.Index().Where(column => column.Item.Placement == ColumnPlacement.Detail).Select(column => (column.Item, column.Index))];
    }

    /// <summary>Writes a table.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="table">The table.</param>
    public static void Write(ReportPage page, ReportTable table) => new TextTable(page, table).Write();

    private void Write()
    {
        _page.Line([new(Indent, Theme.Plain), .. Line(column => new(column.Column.Title, Theme.Quiet))]);
        foreach (var row in _rows)
        {
            _page.Line([new(Indent, Theme.Plain), .. Line(column => Cell(column, row[column.Index]))]);
            foreach (var (column, index) in _details)
                WriteDetail(column, row[index]);
        }
    }

    private IEnumerable<TextRun> Line(Func<ColumnLayout, TextRun> cell)
    {
        var separator = "";
        foreach (var column in _columns)
        {
            var (text, style) = cell(column);
            var padding = new string(' ', Math.Max(0, column.Width - TerminalText.Width(text)));
            yield return new(separator, Theme.Plain);
            yield return column.IsName ? new(text, style) : new(padding + text, style);
            separator = column.IsName ? padding + Gap : Gap;
        }
    }

    private TextRun Cell(ColumnLayout column, object? value)
    {
        var kind = column.Column.Kind;
        return new(column.IsName ? _format.Fit(kind, value, column.Width) : _format.Text(kind, value), CellFormat.Style(kind, value));
    }

    /// <summary>A detail stands below the names, which begin after the figures.</summary>
    private void WriteDetail(Column column, object? value)
    {
        if (value is null)
            return;
        var margin = Indent.Length + _columns.TakeWhile(before => !before.IsName).Sum(before => before.Width + Gap.Length);
        var lead = new string(' ', margin) + _page.Glyphs.Via + column.Title + " ";
        _page.Line(new(lead, Theme.Quiet), new(_format.Fit(column.Kind, value, _page.Width - TerminalText.Width(lead)), Theme.Quiet));
    }

    private ImmutableArray<ColumnLayout> Layout(ReportTable table)
    {
        var columns = table.Columns.Index()
            .Where(column => column.Item.Placement is ColumnPlacement.Everywhere or ColumnPlacement.Screen)
            .Where(column => column.Item.Kind != ColumnKind.Error || _rows.Any(row => row[column.Index] is not null))
            .Select(column => new ColumnLayout(column.Item, column.Index, NeededWidth(column.Item, column.Index)))
            .ToList();

        while (columns.Any(column => column.Column.Rank > 0) && RoomForNames(columns) < ComfortableRoom(columns))
            columns.Remove(columns.MaxBy(column => column.Column.Rank)!);
        return Fit(columns);
    }

    private ImmutableArray<ColumnLayout> Fit(List<ColumnLayout> columns)
    {
        var names = columns.Where(column => column.IsName).ToList();
        var widths = ColumnWidths.Share([.. names.Select(column => column.Width)], RoomForNames(columns));
        return [.. columns.Select(column => column.IsName ? column with { Width = widths[names.IndexOf(column)] } : column)];
    }

    private int NeededWidth(Column column, int index) => _rows
        .Select(row => TerminalText.Width(_format.Text(column.Kind, row[index])))
        .Append(TerminalText.Width(column.Title))
        .Max();

    private int RoomForNames(List<ColumnLayout> columns) =>
        _page.Width - Indent.Length - (Gap.Length * (columns.Count - 1)) - columns.Where(column => !column.IsName).Sum(column => column.Width);

    private static int ComfortableRoom(List<ColumnLayout> columns) => columns
        .Where(column => column.IsName)
        .Sum(column => Math.Min(column.Width, CellFormat.ComfortableWidth(column.Column.Kind)));

    private sealed record ColumnLayout(Column Column, int Index, int Width)
    {
        public bool IsName => CellFormat.IsName(Column.Kind);
    }
}
