using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>How cells look on a screen.</summary>
/// <param name="glyphs">The characters to write with.</param>
/// <param name="names">Makes names fit.</param>
internal sealed class CellFormat(Glyphs glyphs, NameShortener names)
{
    private const string Unknown = "-";
    private const double HeavyShare = 0.1;
    private const int CurveWidth = 12;
    private const int BarWidth = 10;

    /// <summary>Whether the values are names, which may be shortened; all others are short and stay whole.</summary>
    public static bool IsName(ColumnKind kind) =>
        kind is ColumnKind.Text or ColumnKind.Type or ColumnKind.Method or ColumnKind.Location or ColumnKind.Path or ColumnKind.TreeLine or ColumnKind.Curve;

    /// <summary>Whether the values are left-aligned; figures are right-aligned.</summary>
    public static bool IsLeftAligned(ColumnKind kind) => IsName(kind) || kind is ColumnKind.Flag or ColumnKind.Tag or ColumnKind.Bar;

    /// <summary>The width below which names of this kind are hard to recognize.</summary>
    public static int ComfortableWidth(ColumnKind kind) => kind switch
    {
        ColumnKind.Type => 30,
        ColumnKind.Method => 28,
        ColumnKind.Location => 16,
        ColumnKind.Path or ColumnKind.TreeLine => 44,
        ColumnKind.Curve => 36,
        _ => 16,
    };

    /// <summary>The widest that figures of a column get, for columns that stay in place while their figures change.</summary>
    public int WidestFigure(Column column) => column switch
    {
        { Unit: Unit.BytesPerSecond } => 11,
        { Unit: Unit.Share } => 6,
        { Kind: ColumnKind.Error } => "1023.9 KiB".Length + glyphs.AtMost.Length,
        _ => 10,
    };

    /// <summary>The whole value.</summary>
    /// <param name="kind">What the column holds.</param>
    /// <param name="cell">The value; null is unknown.</param>
    public string Text(ColumnKind kind, Cell? cell) => (kind, cell) switch
    {
        (ColumnKind.Method, null) => "(no stack)",
        (ColumnKind.Location or ColumnKind.Text or ColumnKind.Bar, null) => "",
        (_, null) => Unknown,
        (_, TextCell { Text: var text }) => TerminalText.Clean(text),
        (_, PlaceCell { Frame: var frame }) => Location(frame),
        (_, TreeLineCell { Row: var row }) => glyphs.Guide(row.Guide) + TreeName(row) + TreeLocation(row),
        (_, Curve curve) => FitCurve(curve, int.MaxValue),
        (_, TagCell { Tag: var tag }) => tag == ChangeTag.None ? "" : DataName.Of(tag),
        (_, ErrorCell { Estimate: var estimate }) => Uncertainty.Format(estimate, glyphs),
        (_, FlagCell { Value: var flag }) => flag ? "yes" : "",
        (ColumnKind.Bar, Figure share) => glyphs.Bar(share.Value, BarWidth),
        (ColumnKind.Error, Figure error) => glyphs.PlusMinus + Difference(error),
        (_, Figure { IsChange: true } change) => Change(change),
        (_, Figure figure) => figure.Unit.Format(figure.Value),
        _ => "",
    };

    /// <summary>A name in no more columns than there are.</summary>
    /// <param name="kind">What the column holds.</param>
    /// <param name="cell">The value; null is unknown.</param>
    /// <param name="width">The columns there are.</param>
    public string Fit(ColumnKind kind, Cell? cell, int width) => (kind, cell) switch
    {
        (ColumnKind.Type, _) => names.Type(Text(kind, cell), width),
        (ColumnKind.Method, _) => names.Method(Text(kind, cell), width),
        (_, TreeLineCell { Row: var row }) => FitTreeLine(row, width),
        (_, Curve curve) => FitCurve(curve, width),
        _ => names.Text(Text(kind, cell), width),
    };

    /// <summary>The style of a value: large shares stand out, zeros and framework code are dimmed.</summary>
    /// <param name="kind">What the column holds.</param>
    /// <param name="cell">The value; null is unknown.</param>
    public static Style Style(ColumnKind kind, Cell? cell) => (kind, cell) switch
    {
        (ColumnKind.Location or ColumnKind.Error, _) => Theme.Quiet,
        (ColumnKind.Curve or ColumnKind.Bar, _) => Theme.Curve,
        (_, TagCell { Tag: ChangeTag.New or ChangeTag.Grown }) or (_, Figure { IsChange: true, Value: > 0 }) => Theme.Grown,
        (_, TagCell { Tag: ChangeTag.Gone or ChangeTag.Shrunk }) or (_, Figure { IsChange: true, Value: < 0 }) => Theme.Shrunk,
        (_, Figure { Unit: Unit.Share, Value: >= HeavyShare }) => Theme.Heavy,
        (_, Figure { Value: 0, Unit: not (Unit.Share or Unit.Seconds) }) => Theme.Quiet,
        (_, TreeLineCell { Row.Frame.Origin: not FrameOrigin.User }) => Theme.Quiet,
        _ => Theme.Plain,
    };

    // A change that prints as zero has no sign.
    private static string Change(Figure change)
    {
        var amount = Difference(change);
        return amount[0] == '<' || !amount.AsSpan().ContainsAnyInRange('1', '9') ? amount : (change.Value < 0 ? "-" : "+") + amount;
    }

    // A difference of shares is in percentage points.
    private static string Difference(Figure change)
    {
        var amount = change.Unit.Format(Math.Abs(change.Value));
        return change.Unit == Unit.Share ? amount.Replace("%", " pp", StringComparison.Ordinal) : amount;
    }

    private string FitTreeLine(CallTreeRow row, int width)
    {
        var guide = names.Text(glyphs.Guide(row.Guide), width / 2);
        var location = TreeLocation(row);
        var room = width - TerminalText.Width(guide) - TerminalText.Width(location);
        return room >= width / 3
            ? guide + names.Method(TreeName(row), room) + location
            : guide + names.Method(TreeName(row), width - TerminalText.Width(guide));
    }

    /// <summary>The figures stay whole as long as they can; the curve has the rest.</summary>
    private string FitCurve(Curve curve, int width)
    {
        var figures = $" {ByteSize.Format(curve.FirstBytes)} to {ByteSize.Format(curve.LastBytes)}";
        var room = Math.Min(CurveWidth, width - figures.Length);
        return room <= 0 || curve.Points.IsEmpty
            ? names.Text(figures.TrimStart(), width)
            : Sparkline.Draw(Sparkline.Buckets(curve.Points.Select(point => (point.Seconds, point.Bytes)), curve.StartSeconds, curve.EndSeconds, room), glyphs.Levels) + figures;
    }

    private string TreeName(CallTreeRow row) => row.Folded > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{glyphs.Ellipsis} {row.Folded} framework frames")
        : TerminalText.Clean(row.Frame?.Method ?? "");

    private static string TreeLocation(CallTreeRow row) =>
        row is { Folded: 1, Frame: { File: not null } frame } ? "  " + Location(frame) : "";

    // Data has the folder; on the screen the method's name already says where to look.
    private static string Location(Frame frame) => TerminalText.Clean(frame.Location ?? "");
}
