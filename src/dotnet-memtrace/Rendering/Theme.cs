using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The styles of a report. Color is never the only carrier of a meaning.</summary>
internal static class Theme
{
    /// <summary>Ordinary text.</summary>
    public static Style Plain { get; } = Style.Plain;

    /// <summary>The title of a section.</summary>
    public static Style Title { get; } = new(decoration: Decoration.Bold);

    /// <summary>Labels, column titles, remarks.</summary>
    public static Style Quiet { get; } = new(decoration: Decoration.Dim);

    /// <summary>An important figure.</summary>
    public static Style Heavy { get; } = new(Color.Olive, decoration: Decoration.Bold);

    /// <summary>The selected line.</summary>
    public static Style Selected { get; } = new(decoration: Decoration.Invert);

    /// <summary>A curve.</summary>
    public static Style Curve { get; } = new(Color.Teal);

    /// <summary>A limitation of the report.</summary>
    public static Style Warning { get; } = new(Color.Olive);

    /// <summary>A problem that needs action.</summary>
    public static Style Critical { get; } = new(Color.DarkOrange, decoration: Decoration.Bold);

    /// <summary>More than before. Orange and blue can be told apart by color-blind readers, unlike red and green.</summary>
    public static Style Grown { get; } = new(Color.DarkOrange);

    /// <summary>Less than before.</summary>
    public static Style Shrunk { get; } = new(Color.DodgerBlue1);
}
