namespace Memtrace.Tool.Rendering;

/// <summary>
/// Lays out the last part of a command's help. Lines that begin at the margin are prose, which is wrapped. Indented lines stay as they are;
/// where one is too long, the text after its gap is wrapped in its own column.
/// </summary>
internal static class HelpText
{
    /// <summary>The narrowest readable column of prose; below that, the prose begins its own line.</summary>
    private const int Readable = 24;

    private const int Indent = 6;

    /// <summary>The text in lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns there are.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var prose = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                prose += " " + line;
                continue;
            }

            foreach (var piece in Flowing(prose, width).Concat(Pieces(line, width)))
                yield return piece;
            prose = "";
        }

        foreach (var piece in Flowing(prose, width))
            yield return piece;
    }

    private static IEnumerable<string> Flowing(string prose, int width) => prose.Length > 0 ? WordWrap.Lines(prose, width) : [];

    private static IEnumerable<string> Pieces(string line, int width)
    {
        if (line.Length <= width || Gap(line) is not { } gap)
            return [line];
        var (head, rest, column) = (line[..gap.Start], line[gap.End..], gap.End.Value);
        if (width - column < Readable)
            return [head, .. WordWrap.Lines(rest, width - Indent).Select(piece => new string(' ', Indent) + piece)];
        var below = WordWrap.Lines(rest, width - column).ToList();
        return [line[..column] + below[0], .. below.Skip(1).Select(piece => new string(' ', column) + piece)];
    }

    /// <summary>The last run of two or more blanks between words, or null.</summary>
    private static Range? Gap(string line)
    {
        for (var end = line.TrimEnd(' ').LastIndexOf(' ') + 1; end > 0;)
        {
            var start = line.AsSpan(0, end).TrimEnd(' ').Length;
            if (start == 0)
                return null;
            if (end - start >= 2)
                return start..end;
            end = line.LastIndexOf(' ', start - 1) + 1;
        }

        return null;
    }
}
