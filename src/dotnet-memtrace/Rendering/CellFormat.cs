using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>How values of each kind of column look on a screen.</summary>
/// <param name="glyphs">The characters to write with.</param>
/// <param name="names">Makes names fit.</param>
internal sealed class CellFormat(Glyphs glyphs, NameShortener names)
{
    private const string Missing = "-";
    private const double HeavyShare = 0.1;
    private const int CurveWidth = 12;
    private const int BarWidth = 10;

    /// <summary>Whether the values are names, which may be shortened; the others are short and stay whole.</summary>
    public static bool IsName(ColumnKind kind) =>
        kind is ColumnKind.Text or ColumnKind.Type or ColumnKind.Method or ColumnKind.Location or ColumnKind.TreeLine or ColumnKind.Curve;

    /// <summary>Whether the values are aligned left; figures are aligned right.</summary>
    public static bool IsLeftAligned(ColumnKind kind) => IsName(kind) || kind is ColumnKind.Flag or ColumnKind.Tag or ColumnKind.Bar;

    /// <summary>The width below which names of this kind tell little.</summary>
    public static int ComfortableWidth(ColumnKind kind) => kind switch
    {
        ColumnKind.Type => 30,
        ColumnKind.Method => 28,
        ColumnKind.Location => 16,
        ColumnKind.TreeLine => 44,
        ColumnKind.Curve => 36,
        _ => 16,
    };

    /// <summary>The whole value.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The value.</param>
    public string Text(ColumnKind kind, object? value) => (kind, value) switch
    {
        (ColumnKind.Method, null) => "(no stack)",
        (ColumnKind.Location, Frame frame) => Location(frame),
        (ColumnKind.Location or ColumnKind.Text or ColumnKind.Bar, null) => "",
        (_, null) => Missing,
        (ColumnKind.TreeLine, CallTreeRow row) => glyphs.Guide(row.Guide) + TreeName(row) + TreeLocation(row),
        (ColumnKind.Curve, Curve curve) => FitCurve(curve, int.MaxValue),
        (ColumnKind.Error, Figure error) => glyphs.PlusMinus + Difference(error),
        (_, Figure { IsChange: true } change) => Change(change),
        (_, Figure figure) => Text(figure.Kind, figure.Value),
        (ColumnKind.Tag, ChangeTag tag) => ComparisonNames.Of(tag),
        (ColumnKind.Error, Estimate estimate) => Uncertainty.Format(estimate, glyphs),
        (ColumnKind.Bytes, _) => ByteSize.Format(Number(value)),
        (ColumnKind.Rate, _) => ByteSize.FormatRate(Number(value)),
        (ColumnKind.Count, _) => Count.Format(Number(value)),
        (ColumnKind.Share or ColumnKind.Ratio, _) => Percent.Format(Number(value)),
        (ColumnKind.Percent, _) => Percent.Format(Number(value) / 100),
        (ColumnKind.Amount, _) => Amount(Number(value)),
        (ColumnKind.Bar, _) => glyphs.Bar(Number(value), BarWidth),
        (ColumnKind.PerMinute, _) => string.Create(CultureInfo.InvariantCulture, $"{Number(value):0.#}/min"),
        (ColumnKind.Seconds, _) => Duration.Format(Number(value)),
        (ColumnKind.Milliseconds, _) => Duration.FormatMs(Number(value)),
        (ColumnKind.Flag, bool flag) => flag ? "yes" : "",
        _ => TerminalText.Clean(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    /// <summary>A name in no more columns than there are.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="width">The columns there are.</param>
    public string Fit(ColumnKind kind, object? value, int width) => (kind, value) switch
    {
        (ColumnKind.Type, _) => names.Type(Text(kind, value), width),
        (ColumnKind.Method, _) => names.Method(Text(kind, value), width),
        (ColumnKind.TreeLine, CallTreeRow row) => FitTreeLine(row, width),
        (ColumnKind.Curve, Curve curve) => FitCurve(curve, width),
        _ => names.Text(Text(kind, value), width),
    };

    /// <summary>The style of a value: what weighs much stands out, what is nothing or not the user's stands back.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The value.</param>
    public static Style Style(ColumnKind kind, object? value) => (kind, value) switch
    {
        (ColumnKind.Share, double and >= HeavyShare) => Theme.Heavy,
        (_, ChangeTag.New or ChangeTag.Grown) or (_, Figure { IsChange: true, Value: > 0 }) => Theme.Grown,
        (_, ChangeTag.Gone or ChangeTag.Shrunk) or (_, Figure { IsChange: true, Value: < 0 }) => Theme.Shrunk,
        (_, Figure { Value: 0 }) => Theme.Quiet,
        (ColumnKind.TreeLine, CallTreeRow { Frame.Origin: not FrameOrigin.User }) => Theme.Quiet,
        (ColumnKind.Location or ColumnKind.Error, _) => Theme.Quiet,
        (ColumnKind.Curve or ColumnKind.Bar, _) => Theme.Curve,
        (ColumnKind.Bytes or ColumnKind.Count or ColumnKind.Rate or ColumnKind.Milliseconds, not null) when Number(value) == 0 => Theme.Quiet,
        _ => Theme.Plain,
    };

    // What is printed as nothing has no direction.
    private string Change(Figure change)
    {
        var amount = Difference(change);
        return amount[0] == '<' || !amount.AsSpan().ContainsAnyInRange('1', '9') ? amount : (change.Value < 0 ? "-" : "+") + amount;
    }

    // A difference of shares is in percentage points.
    private string Difference(Figure change)
    {
        var amount = Text(change.Kind, Math.Abs(change.Value));
        return change.Kind == ColumnKind.Share ? amount.Replace("%", " pp", StringComparison.Ordinal) : amount;
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

    /// <summary>The figures stay whole as long as they can; the curve has what is left.</summary>
    private string FitCurve(Curve curve, int width)
    {
        var figures = $" {ByteSize.Format(curve.FirstBytes)} to {ByteSize.Format(curve.LastBytes)}";
        var room = Math.Min(CurveWidth, width - figures.Length);
        return room <= 0 || curve.Points.IsEmpty
            ? names.Text(figures.TrimStart(), width)
            : Sparkline.Draw(Sparkline.Buckets(curve.Points, curve.StartSeconds, curve.EndSeconds, room), glyphs.Levels) + figures;
    }

    private string TreeName(CallTreeRow row) => row.Folded > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{glyphs.Ellipsis} {row.Folded} framework frames")
        : TerminalText.Clean(row.Frame?.Method ?? "");

    private static string TreeLocation(CallTreeRow row) =>
        row is { Folded: 1, Frame: { File: not null } frame } ? "  " + Location(frame) : "";

    private static string Amount(double value) => Math.Abs(value) switch
    {
        < 9.995 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 99.95 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => Count.Format(value),
    };

    // The folder is in the data formats; here the method's name already says where to look.
    private static string Location(Frame frame)
    {
        if (frame.File is null)
            return "";
        var file = TerminalText.Clean(frame.File[(frame.File.LastIndexOfAny(['/', '\\']) + 1)..]);
        return frame.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{(frame.IsNear ? "near " : "")}{file}:{line}") : file;
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
