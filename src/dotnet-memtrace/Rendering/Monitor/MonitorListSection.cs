using System.Collections.Immutable;
using Memtrace.Exporting;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>
/// The list of a live view. Its figures have columns of fixed width, so that they stay where they are while they change; the names have the rest.
/// </summary>
/// <param name="page">Where to.</param>
/// <param name="state">What to show.</param>
internal sealed class MonitorListSection(ReportPage page, MonitorState state)
{
    private const string Gap = " ";
    private const string Selected = ">";
    private const string Unselected = " ";
    private const string Ordered = "*";
    private const int WideEnough = 100;

    private readonly CellFormat _format = new(page.Glyphs, page.Names);
    private readonly ImmutableArray<FigureColumn> _columns = [.. Columns(state, page)];

    private sealed record FigureColumn(string Title, int Width, MonitorOrder? Order, Func<LiveRow, string> Text);

    /// <summary>Writes it.</summary>
    /// <param name="height">Lines there are, with the titles.</param>
    public void Write(int height)
    {
        WriteTitles();
        if (state.Rows.IsEmpty)
        {
            page.Line(new TextRun(state.Filter.Length > 0 ? "Nothing matches the filter; esc removes it." : "No allocation has been seen yet.", Theme.Quiet));
            return;
        }

        var rows = Math.Max(1, height - 1);
        var first = Math.Max(0, state.Selected - rows + 1);
        for (var i = first; i < Math.Min(state.Rows.Length, first + rows); i++)
            WriteRow(state.Rows[i], i == state.Selected);
    }

    private static IEnumerable<FigureColumn> Columns(MonitorState state, ReportPage page)
    {
        var allocations = state.Moment!.Profile.Allocations;
        var isWide = page.Width >= WideEnough;
        yield return new("Rate", 11, MonitorOrder.Rate, row => ByteSize.FormatRate(row.BytesPerSecond));
        yield return new("Allocated", 10, MonitorOrder.Allocated, row => ByteSize.Format(row.Allocated.Bytes));
        if (isWide && allocations.Sampling == AllocationSampling.Randomized)
            yield return new("Error", 5, null, row => Uncertainty.Format(row.Allocated, page.Glyphs));
        if (isWide || !state.HasLive)
            yield return new("Share", 6, null, row => Percent.Format(Percent.Share(row.Allocated.Bytes, allocations.Total.Bytes)));
        if (!state.HasLive)
            yield break;
        yield return new("Live", 10, MonitorOrder.Live, row => row.Live is { } live ? ByteSize.Format(live.Bytes) : "-");
        yield return new("Growth", 11, MonitorOrder.Growth, row => row.GrowthBytesPerSecond is > 0 and var growth ? ByteSize.FormatRate(growth) : "-");
        if (isWide || state.List == MonitorList.Types)
            yield return new("Alive", 6, null, row => row.AliveShare is { } share && double.IsFinite(share) ? Percent.Format(share) : "-");
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
        runs.Add(state.List == MonitorList.Types
            ? new(page.Names.Text($"Type ({found})", NamesWidth), Theme.Quiet)
            : new(page.Names.Text($"Call site ({found})", MethodWidth).PadRight(MethodWidth) + Gap + "Type", Theme.Quiet));
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
        var method = _format.Fit(ColumnKind.Method, row.Site?.Method, MethodWidth);
        var location = "  " + _format.Text(ColumnKind.Location, row.Site);
        if (TerminalText.Width(method + location) <= MethodWidth)
            method += location;
        return method + new string(' ', Math.Max(0, MethodWidth - TerminalText.Width(method))) + Gap + _format.Fit(ColumnKind.Type, row.Type, TypeWidth);
    }
}
