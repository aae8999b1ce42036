using System.Text.RegularExpressions;

namespace Memtrace.Tool.Rendering;

/// <summary>
/// Lays out what a command's help ends with. Lines that begin at the margin are prose: they flow until an empty or indented line. Indented lines stay as they are;
/// one that is too long is broken, what stands behind a gap in it below itself.
/// </summary>
internal static partial class HelpText
{
    /// <summary>The least columns in which prose below itself can be read; with fewer it begins a line of its own.</summary>
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
        if (line.Length <= width || Gap().Match(line) is not { Success: true } gap)
            return [line];
        var (head, rest, column) = (line[..gap.Index], line[(gap.Index + gap.Length)..], gap.Index + gap.Length);
        if (width - column < Readable)
            return [head, .. WordWrap.Lines(rest, width - Indent).Select(piece => new string(' ', Indent) + piece)];
        var below = WordWrap.Lines(rest, width - column).ToList();
        return [line[..column] + below[0], .. below.Skip(1).Select(piece => new string(' ', column) + piece)];
    }

    [GeneratedRegex(@"(?<=\S) {2,}(?=\S)", RegexOptions.RightToLeft | RegexOptions.CultureInvariant)]
    private static partial Regex Gap();
}
