using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A change in a line of text.</summary>
internal static class ChangeText
{
    /// <summary>A change: <c>48.0 MiB/s → 60.0 MiB/s, +12.0 MiB/s (+25.0%) ±1.1 MiB/s</c>.</summary>
    /// <param name="change">The change.</param>
    /// <param name="glyphs">The characters to write with.</param>
    public static string Format(Change change, Glyphs glyphs)
    {
        var unit = change.Unit;
        var format = new CellFormat(glyphs, new NameShortener(glyphs.Ellipsis));
        var ratio = Figure.ChangeOf(Unit.Ratio, change.Ratio) is { } known ? $" ({Text(known)})" : "";
        var error = change.Error > 0 ? " " + format.Text(ColumnKind.Error, new Figure(unit, change.Error)) : "";
        return $"{Text(new Figure(unit, change.Before))} {glyphs.Arrow} {Text(new Figure(unit, change.After))}, "
            + $"{Text(new Figure(unit, change.Difference) { IsChange = true })}{ratio}{error}";

        string Text(Figure figure) => format.Text(ColumnKind.Number, figure);
    }
}
