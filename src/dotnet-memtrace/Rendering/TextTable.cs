using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>
/// Lays out a table: figures are right-aligned and whole, names are shortened to the remaining width, columns of high rank are left out
/// where names would get too narrow.
/// </summary>
internal sealed class TextTable
{
    /// <summary>The narrowest page that tables are laid out for: below, their figures alone do not fit, and names would vanish.</summary>
    public const int LeastPageWidth = 60;

    private const string Indent = "  ";
    private const string Gap = "  ";
    private const int ComfortableDetail = 16;

    private readonly ReportPage _page;
    private readonly int _pageWidth;
    private readonly CellFormat _format;
    private readonly ImmutableArray<ImmutableArray<Cell?>> _rows;
    private readonly ImmutableArray<ColumnLayout> _columns;
    private readonly ImmutableArray<ColumnLayout> _details;

    private TextTable(ReportPage page, ReportTable table)
    {
        (_page, _pageWidth) = (page, Math.Max(page.Width, LeastPageWidth));
        _format = new CellFormat(page.Glyphs, page.Names);
        _rows = [.. table.Rows];
        (_columns, _details) = Layout(table);
    }

    /// <summary>Writes a table.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="table">The table.</param>
    public static void Write(ReportPage page, ReportTable table) => new TextTable(page, table).Write();

    private void Write()
    {
        _page.Line([new(Indent, Theme.Plain), .. Line(column => new(column.Column.Title, Theme.Quiet))]);
        foreach (var row in _rows)
        {
            var isQuiet = row.Any(value => value is TagCell { Tag: ChangeTag.None });
            _page.Line([new(Indent, Theme.Plain), .. Line(column => Run(column, row[column.Index], isQuiet))]);
            WriteDetails(row);
        }

        if (_columns.Any(HasBound))
            _page.Line(new TextRun(Indent + Uncertainty.AtMostMeaning(_page.Glyphs), Theme.Quiet));
    }

    private bool HasBound(ColumnLayout column) =>
        column.Column.Kind == ColumnKind.Error && _rows.Any(row => row[column.Index] is ErrorCell { Estimate.HasTooFewSamples: true });

    private IEnumerable<TextRun> Line(Func<ColumnLayout, TextRun> cell)
    {
        var separator = "";
        foreach (var column in _columns)
        {
            var (text, style) = cell(column);
            var padding = new string(' ', Math.Max(0, column.Width - TerminalText.Width(text)));
            yield return new(separator, Theme.Plain);
            yield return column.IsLeftAligned ? new(text, style) : new(padding + text, style);
            separator = column.IsLeftAligned ? padding + Gap : Gap;
        }
    }

    private TextRun Run(ColumnLayout column, Cell? value, bool isQuiet)
    {
        var kind = column.Column.Kind;
        return new(
            column.IsName ? _format.Fit(kind, value, column.Width) : _format.Text(kind, value),
            isQuiet ? Theme.Quiet : CellFormat.Style(kind, value));
    }

    /// <summary>The details of a row stand below its names, which begin after the figures.</summary>
    private void WriteDetails(ImmutableArray<Cell?> row)
    {
        var margin = Indent.Length + _columns.TakeWhile(column => !column.IsName).Sum(column => column.Width + Gap.Length);
        var lead = new string(' ', margin) + _page.Glyphs.Via;
        var line = "";
        foreach (var (column, index, _) in _details)
        {
            // The title of a detail leads to its value.
            var title = column.Placement == ColumnPlacement.Detail ? column.Title + " " : "";
            var room = _pageWidth - TerminalText.Width(lead + line + title);
            var text = _format.Text(column.Kind, row[index]);
            if (row[index] is not null && text.Length > 0 && room >= (line.Length == 0 ? 1 : Math.Min(ComfortableDetail, TerminalText.Width(text))))
                line += title + _format.Fit(column.Kind, row[index], room) + Gap;
        }

        if (line.Length > 0)
            _page.Line(new TextRun(lead + line, Theme.Quiet));
    }

    private (ImmutableArray<ColumnLayout> Columns, ImmutableArray<ColumnLayout> Details) Layout(ReportTable table)
    {
        var columns = table.Columns.Index()
            .Where(column => column.Item.Placement != ColumnPlacement.Data)
            .Where(column => column.Item.Kind != ColumnKind.Error || _rows.Any(row => row[column.Index] is not null))
            .Select(column => new ColumnLayout(column.Item, column.Index, NeededWidth(column.Item, column.Index)))
            .ToList();
        var details = columns.Where(column => column.Column.Placement == ColumnPlacement.Detail).ToList();
        columns.RemoveAll(details.Contains);

        while (columns.Any(column => column.Column.Rank > 0) && RoomForNames(columns) < ComfortableRoom(columns))
        {
            var leaving = columns.MaxBy(column => column.Column.Rank)!;
            columns.Remove(leaving);
            if (leaving.IsName)
                details.Insert(0, leaving);
        }

        return (Fit(columns), [.. details]);
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
        _pageWidth - Indent.Length - (Gap.Length * (columns.Count - 1)) - columns.Where(column => !column.IsName).Sum(column => column.Width);

    private static int ComfortableRoom(List<ColumnLayout> columns) => columns
        .Where(column => column.IsName)
        .Sum(column => Math.Min(column.Width, CellFormat.ComfortableWidth(column.Column.Kind)));

    private sealed record ColumnLayout(Column Column, int Index, int Width)
    {
        public bool IsName => CellFormat.IsName(Column.Kind);

        public bool IsLeftAligned => CellFormat.IsLeftAligned(Column.Kind);
    }
}
