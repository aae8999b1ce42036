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

    /// <param name="Title">Its title.</param>
    /// <param name="Width">Its width.</param>
    /// <param name="Rank">Columns with the highest rank are dropped first.</param>
    /// <param name="Order">The sort order by this column, or null.</param>
    /// <param name="Text">Formats a cell.</param>
    private sealed record FigureColumn(string Title, int Width, int Rank, MonitorOrder? Order, Func<LiveRow, string> Text);

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
        var columns = Columns(state, page).ToList();
        var room = page.Width - Selected.Length - MinNamesWidth(state.List);
        while (columns.Sum(column => column.Width + Gap.Length) > room && columns.Where(column => column.Order != state.Order).MaxBy(column => column.Rank) is { } least)
            columns.Remove(least);
        return [.. columns];
    }

    private static int MinNamesWidth(MonitorList list) => list switch
    {
        MonitorList.Types => 26,
        MonitorList.Sites => 40,
        _ => 32,
    };

    private static IEnumerable<FigureColumn> Columns(MonitorState state, ReportPage page)
    {
        var allocations = state.Update!.Profile.Allocations;
        var errorWidth = "100%".Length + page.Glyphs.PlusMinus.Length;
        var isRandomized = allocations.Sampling == AllocationSampling.Randomized;
        return state.List == MonitorList.Methods ? OfMethods() : OfTypes();

        IEnumerable<FigureColumn> OfTypes()
        {
            yield return new("Rate", 11, 2, MonitorOrder.Rate, row => ByteSize.FormatRate(row.BytesPerSecond));
            yield return new("Allocated", 10, 3, MonitorOrder.Allocated, row => ByteSize.Format(row.Allocated.Bytes));
            if (isRandomized)
                yield return new("Error", errorWidth, 6, null, row => Uncertainty.Format(row.Allocated, page.Glyphs));
            yield return new("Share", 6, 5, null, row => Share(row.Allocated));
            if (!state.HasLive)
                yield break;
            yield return new("Live", 10, 0, MonitorOrder.Live, row => Live(row));
            yield return new("Growth", 11, 1, MonitorOrder.Growth, row => row.GrowthBytesPerSecond is > 0 and var growth ? ByteSize.FormatRate(growth) : "-");
            yield return new("Alive", 6, 4, null, row => row.AliveShare is { } share && double.IsFinite(share) ? Percent.Format(share) : "-");
        }

        IEnumerable<FigureColumn> OfMethods()
        {
            yield return new("Rate", 11, 4, MonitorOrder.Rate, row => ByteSize.FormatRate(row.BytesPerSecond));
            yield return new("Total", 10, 1, MonitorOrder.Allocated, row => ByteSize.Format(row.Allocated.Bytes));
            if (isRandomized)
                yield return new("Error", errorWidth, 6, null, row => Uncertainty.Format(row.Allocated, page.Glyphs));
            yield return new("Share", 6, 2, null, row => Share(row.Allocated));
            yield return new("Self", 10, 0, MonitorOrder.Self, row => ByteSize.Format(row.Self!.Value.Bytes));
            yield return new("Share", 6, 3, null, row => Share(row.Self!.Value));
            if (state.HasLive)
                yield return new("Live", 10, 5, MonitorOrder.Live, row => Live(row));
        }

        string Share(Estimate amount) => Percent.Format(Percent.Share(amount.Bytes, allocations.Total.Bytes));

        static string Live(LiveRow row) => ByteSize.FormatKnown(row.Live?.Bytes);
    }

    private void WriteTitles()
    {
        List<TextRun> runs = [new(Unselected, Theme.Plain)];
        foreach (var column in _columns)
        {
            var isOrder = column.Order == state.Order;
            runs.Add(new((isOrder ? Ordered + column.Title : column.Title).PadLeft(column.Width) + Gap, isOrder ? Theme.Heavy : Theme.Quiet));
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
        var figures = string.Concat(_columns.Select(column => column.Text(row).PadLeft(column.Width) + Gap));
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
        if (state.List == MonitorList.Types)
            return _format.Fit(ColumnKind.Type, row.Type, NamesWidth);
        if (state.List == MonitorList.Methods)
            return _format.Fit(ColumnKind.Method, row.Site?.Method, NamesWidth);
        var method = _format.Fit(ColumnKind.Method, row.Site?.Method, MethodWidth);
        var location = "  " + _format.Text(ColumnKind.Location, row.Site);
        if (TerminalText.Width(method + location) <= MethodWidth)
            method += location;
        return method + new string(' ', Math.Max(0, MethodWidth - TerminalText.Width(method))) + Gap + _format.Fit(ColumnKind.Type, row.Type, TypeWidth);
    }
}
