using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Memtrace.Tool.Rendering;

/// <summary>Text of foreign origin on a terminal: what it may contain, and how wide it is.</summary>
internal static class TerminalText
{
    /// <summary>
    /// The text without characters that would act on the terminal: control characters, escape sequences, line breaks and
    /// direction marks stand as <c>\u001B</c>, and so do halves of characters and code points that are no character. A program chooses its type names and command line;
    /// they must not choose what a terminal does.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var clean = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var valid = Rune.TryGetRuneAt(text, i, out var rune);
            var length = valid ? rune.Utf16SequenceLength : 1;
            if (valid && !Acts(rune))
                clean.Append(text, i, length);
            else
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(valid ? rune.Value : text[i]):X4}");
            i += length;
        }

        return clean.ToString();
    }

    /// <summary>How many columns the text takes.</summary>
    /// <param name="text">The text.</param>
    public static int Width(string text) => Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();

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

    private static bool Acts(Rune rune) => IsNoncharacter(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // The last two of each plane have no width, and Spectre.Console fails on U+FFFF.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE;
}
