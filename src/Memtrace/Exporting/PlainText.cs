using System.Globalization;
using System.Text;

namespace Memtrace.Exporting;

/// <summary>
/// Text of a recorded program without characters that would control a terminal or end a line: control characters, escape sequences, line ends, direction marks,
/// lone surrogates and noncharacters. The program chooses its names; they must not control who shows them.
/// </summary>
internal static class PlainText
{
    /// <summary>The text with each of these characters written as <c>\u001B</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        if (IsPlain(text))
            return text;
        var plain = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var isValid = Rune.TryGetRuneAt(text, i, out var rune);
            var length = isValid ? rune.Utf16SequenceLength : 1;
            if (isValid && !IsControl(rune))
                plain.Append(text, i, length);
            else
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(isValid ? rune.Value : text[i]):X4}");
            i += length;
        }

        return plain.ToString();
    }

    /// <summary>The text with U+FFFD in place of each of these characters.</summary>
    /// <param name="text">The text.</param>
    public static string Replace(string text)
    {
        if (IsPlain(text))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            plain.Append(IsControl(rune) ? Rune.ReplacementChar : rune);
        return plain.ToString();
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsControl(Rune rune) => IsNoncharacter(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // The last two code points of each plane.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE;
}
