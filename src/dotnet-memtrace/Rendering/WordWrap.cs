namespace Memtrace.Tool.Rendering;

/// <summary>Breaks text into lines.</summary>
internal static class WordWrap
{
    /// <summary>The text in lines that fit, broken between words; words longer than a line are split.</summary>
    /// <param name="text">The text, already clean.</param>
    /// <param name="width">The columns there are, 2 or more.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => Pieces(word, width)))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (TerminalText.Width(longer) <= width)
            {
                line = longer;
                continue;
            }

            yield return line;
            line = word;
        }

        yield return line;
    }

    private static IEnumerable<string> Pieces(string word, int width)
    {
        while (TerminalText.Width(word) > width)
        {
            var piece = TerminalText.Start(word, width);
            yield return piece;
            word = word[piece.Length..];
        }

        yield return word;
    }
}
