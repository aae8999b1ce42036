using System.Text;
using Memtrace.Exporting;
using Spectre.Console.Rendering;

namespace Memtrace.Tool.Rendering;

/// <summary>Untrusted text on a terminal: what it may contain, and how wide it is.</summary>
internal static class TerminalText
{
    // Spectre.Console fails on it.
    private const char Unmeasurable = '\uFFFF';

    private const char Replacement = '\uFFFD';

    /// <summary>The text without characters that would control the terminal (<see cref="PlainText"/>).</summary>
    /// <param name="text">The text.</param>
    public static string Clean(string text) => PlainText.Escape(text);

    /// <summary>How many columns the text takes.</summary>
    /// <param name="text">The text.</param>
    public static int Width(string text) =>
        Ascii.IsValid(text) ? text.Length : new Segment(text.Replace(Unmeasurable, Replacement)).CellCount();

    /// <summary>The longest beginning of the text that fits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns there are, 0 or more.</param>
    public static string Start(string text, int width)
    {
        var length = Math.Min(text.Length, width);
        while (length > 0 && (Width(text[..length]) > width || char.IsHighSurrogate(text[length - 1])))
            length--;
        return text[..length];
    }

    /// <summary>The longest end of the text that fits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns there are, 0 or more.</param>
    public static string End(string text, int width)
    {
        var start = Math.Max(0, text.Length - width);
        while (start < text.Length && (Width(text[start..]) > width || char.IsLowSurrogate(text[start])))
            start++;
        return text[start..];
    }
}
