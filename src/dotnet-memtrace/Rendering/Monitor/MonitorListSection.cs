using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>
/// The list of a live view. Figures are in columns of fixed width, so that they do not move as they change; names get the rest.
/// </summary>
/// <param name="page">The destination.</param>
/// <param name="state">What to show.</param>
internal sealed class MonitorListSection(ReportPage page, MonitorState state)
{
    private const string Gap = " ";
    private const string Selected = ">";
    private const string Unselected = " ";
    private const string Ordered = "*";

    private readonly CellFormat _format = new(page.Glyphs, page.Names);
    private readonly ImmutableArray<FigureColumn> _columns = Fitting(state, page);

    /// <param name="Column">The column.</param>
    /// <param name="Width">Its width.</param>
    /// <param name="Order">The sort order by this column, or null.</param>
    private sealed record FigureColumn(Column<LiveRow> Column, int Width, MonitorOrder? Order);

    /// <summary>Writes the list.</summary>
    /// <param name="height">Available lines, including the titles.</param>
    public void Write(int height)
    {
        WriteTitles();
        if (state.Rows.IsEmpty)
        {
            page.Line(new TextRun(Empty(state), Theme.Quiet));
            return;
        }

        var rows = Math.Max(1, height - 1);
        var first = Math.Max(0, state.Selected - rows + 1);
        for (var i = first; i < Math.Min(state.Rows.Length, first + rows); i++)
            WriteRow(state.Rows[i], i == state.Selected);
    }

    private static string Empty(MonitorState state) => state switch
    {
        { Update.Profile.Allocations.IsKnown: false } => "Allocations are not recorded (--sampling none).",
        { AppliedFilter.Length: > 0 } => "No matches. Press esc to remove the filter.",
        _ => "No allocations yet.",
    };

    // If names have too little room, the least useful column is dropped, but never the one the list is sorted by.
    private static ImmutableArray<FigureColumn> Fitting(MonitorState state, ReportPage page)
    {
        var format = new CellFormat(page.Glyphs, page.Names);
        var columns = Columns(state).Select(item => item with { Width = format.WidestFigure(item.Column) }).ToList();
        var room = page.Width - Selected.Length - MinNamesWidth(state.List);
        while (columns.Sum(item => item.Width + Gap.Length) > room && columns.Where(item => item.Order != state.Order).MaxBy(item => item.Column.Rank) is { } least)
            columns.Remove(least);
        return [.. columns];
    }

    private static int MinNamesWidth(MonitorList list) => list switch
    {
        MonitorList.Types => 26,
        MonitorList.Sites => 40,
        _ => 32,
    };

    private static IEnumerable<FigureColumn> Columns(MonitorState state)
    {
        var allocations = state.Update!.Profile.Allocations;
        var columns = new LiveRowColumns(allocations);
        IEnumerable<FigureColumn> all = state.List == MonitorList.Methods
            ?
            [
                By(columns.Rate, MonitorOrder.Rate, rank: 4),
                By(columns.Allocated with { Title = "Total" }, MonitorOrder.Allocated, rank: 1),
                By(columns.Error, null, rank: 6),
                By(columns.Share, null, rank: 2),
                By(columns.Self, MonitorOrder.Self, rank: 0),
                By(columns.SelfShare, null, rank: 3),
                By(columns.Live, MonitorOrder.Live, rank: 5),
            ]
            :
            [
                By(columns.Rate, MonitorOrder.Rate, rank: 2),
                By(columns.Allocated, MonitorOrder.Allocated, rank: 3),
                By(columns.Error, null, rank: 6),
                By(columns.Share, null, rank: 5),
                By(columns.Live, MonitorOrder.Live, rank: 0),
                By(columns.Growth, MonitorOrder.Growth, rank: 1),
                By(columns.Alive, null, rank: 4),
            ];
        return all.Where(item => IsKnown(item.Column));

        static FigureColumn By(Column<LiveRow> column, MonitorOrder? order, int rank) => new(column with { Rank = rank }, 0, order);

        bool IsKnown(Column column) => column.Key switch
        {
            "errorBytes" => allocations.Sampling == AllocationSampling.Randomized,
            "liveBytes" or "growthBytesPerSecond" or "aliveShare" => state.HasLive,
            _ => true,
        };
    }

    private void WriteTitles()
    {
        List<TextRun> runs = [new(Unselected, Theme.Plain)];
        foreach (var column in _columns)
        {
            var isOrder = column.Order == state.Order;
            runs.Add(new((isOrder ? Ordered + column.Column.Title : column.Column.Title).PadLeft(column.Width) + Gap, isOrder ? Theme.Heavy : Theme.Quiet));
        }

        var found = Count.Format(state.Rows.Length);
        runs.Add(new(
            state.List switch
            {
                MonitorList.Types => page.Names.Text($"Type ({found})", NamesWidth),
                MonitorList.Sites => page.Names.Text($"Call site ({found})", MethodWidth).PadRight(MethodWidth) + Gap + "Type",
                _ => page.Names.Text($"Method, with callees ({found})", NamesWidth),
            },
            Theme.Quiet));
        page.Line([.. runs]);
    }

    private void WriteRow(LiveRow row, bool isSelected)
    {
        var figures = string.Concat(_columns.Select(column => _format.Text(column.Column.Kind, column.Column.Of(row)).PadLeft(column.Width) + Gap));
        var names = Names(row);
        if (isSelected)
            page.Line(new TextRun(Selected + figures + names, Theme.Selected));
        else
            page.Line(new(Unselected + figures, Theme.Plain), new(names, row.Site is { Origin: not FrameOrigin.User } ? Theme.Quiet : Theme.Plain));
    }

    private int NamesWidth => page.Width - Selected.Length - _columns.Sum(column => column.Width + Gap.Length);

    private int TypeWidth => NamesWidth * 2 / 5;

    private int MethodWidth => NamesWidth - TypeWidth - Gap.Length;

    private string Names(LiveRow row)
    {
        var method = row.Site is { } site ? new TextCell(site.Method) : null;
        if (state.List == MonitorList.Types)
            return _format.Fit(ColumnKind.Type, new TextCell(row.Type), NamesWidth);
        if (state.List == MonitorList.Methods)
            return _format.Fit(ColumnKind.Method, method, NamesWidth);
        var place = _format.Fit(ColumnKind.Method, method, MethodWidth);
        var location = "  " + _format.Text(ColumnKind.Location, row.Site is null ? null : new PlaceCell(row.Site));
        if (TerminalText.Width(place + location) <= MethodWidth)
            place += location;
        return place + new string(' ', Math.Max(0, MethodWidth - TerminalText.Width(place))) + Gap + _format.Fit(ColumnKind.Type, new TextCell(row.Type), TypeWidth);
    }
}
