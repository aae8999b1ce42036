using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The few styles of a report. Nothing is said by colour alone.</summary>
internal static class Theme
{
    /// <summary>Ordinary text.</summary>
    public static Style Plain { get; } = Style.Plain;

    /// <summary>The title of a section.</summary>
    public static Style Title { get; } = new(decoration: Decoration.Bold);

    /// <summary>Labels, column titles, remarks: what is there to be overlooked.</summary>
    public static Style Quiet { get; } = new(decoration: Decoration.Dim);

    /// <summary>A figure that carries weight.</summary>
    public static Style Heavy { get; } = new(Color.Olive, decoration: Decoration.Bold);

    /// <summary>The chosen one of several lines.</summary>
    public static Style Selected { get; } = new(decoration: Decoration.Invert);

    /// <summary>A curve.</summary>
    public static Style Curve { get; } = new(Color.Teal);

    /// <summary>What makes the report less than complete.</summary>
    public static Style Warning { get; } = new(Color.Olive);

    /// <summary>What ends badly if nothing is done.</summary>
    public static Style Critical { get; } = new(Color.DarkOrange, decoration: Decoration.Bold);

    /// <summary>More than before. Orange and blue, which every eye can tell apart, unlike red and green.</summary>
    public static Style Grown { get; } = new(Color.DarkOrange);

    /// <summary>Less than before.</summary>
    public static Style Shrunk { get; } = new(Color.DodgerBlue1);
}
