using System.Globalization;
using System.Text;

namespace Memtrace.Tool.Rendering;

/// <summary>
/// Makes names of types and methods fit and keeps their most telling part: first the namespaces of type arguments are dropped, then the
/// name's own from the left, then the type arguments; only then is the rest cut in the middle.
/// </summary>
/// <param name="ellipsis">Stands for what was left out.</param>
internal sealed class NameShortener(string ellipsis)
{
    private const int ShortestStump = 5;

    /// <summary>A type's name, with as much of its namespace and its enclosing types as fits.</summary>
    /// <param name="name">The name.</param>
    /// <param name="width">The columns there are, 1 or more.</param>
    public string Type(string name, int width) => Shorten(name, width, segmentsToKeep: 1);

    /// <summary>A method's name; its declaring type stays as long as there is room for it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="width">The columns there are, 1 or more.</param>
    public string Method(string name, int width) => Shorten(name, width, segmentsToKeep: 2);

    /// <summary>Any text; the middle is left out, and with it a bracket whose partner is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns there are, 1 or more.</param>
    public string Text(string text, int width)
    {
        if (TerminalText.Width(text) <= width)
            return text;
        if (width <= ellipsis.Length)
            return TerminalText.Start(text, width);

        var room = width - ellipsis.Length;
        var end = room / 2;
        return Join(text, TerminalText.Start(text, room - end).Length, text.Length - TerminalText.End(text, end).Length);
    }

    /// <summary>What is before and what is behind the part left out; that part grows until it contains both brackets of a pair, or none.</summary>
    private string Join(string text, int start, int end)
    {
        var (keptStart, keptEnd) = (start, end);
        foreach (var (opening, closing) in BracketPairs(text))
        {
            if (opening < start && closing >= start && closing < end)
                keptStart = Math.Min(keptStart, opening);
            else if (opening >= start && opening < end && closing >= end)
                keptEnd = Math.Max(keptEnd, closing + 1);
        }

        return string.Concat(text.AsSpan(0, keptStart), ellipsis, text.AsSpan(keptEnd));
    }

    private static IEnumerable<(int Opening, int Closing)> BracketPairs(string text)
    {
        var open = new Stack<int>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '<' or '(' or '[')
                open.Push(i);
            else if (text[i] is '>' or ')' or ']' && open.TryPop(out var opening))
                yield return (opening, i);
        }
    }

    private string Shorten(string name, int width, int segmentsToKeep)
    {
        if (TerminalText.Width(name) <= width)
            return name;
        var kind = KindLength(name);
        return kind > 0 && width - kind >= ShortestStump
            ? name[..kind] + ShortenAlone(name[kind..], width - kind, segmentsToKeep)
            : ShortenAlone(name, width, segmentsToKeep);
    }

    /// <summary>The length of the words before the name of a root: <c>static </c>, <c>thread static </c>.</summary>
    private static int KindLength(string name)
    {
        var length = 0;
        for (var i = 0; i < name.Length && (char.IsAsciiLetterLower(name[i]) || name[i] == ' '); i++)
            length = name[i] == ' ' ? i + 1 : length;
        return length;
    }

    private string ShortenAlone(string name, int width, int segmentsToKeep)
    {
        if (TerminalText.Width(name) <= width)
            return name;
        var simple = WithoutArgumentNamespaces(name);
        return WithoutNamespaces(simple, width, segmentsToKeep)
            ?? WithoutNamespaces(WithoutArguments(simple), width, segmentsToKeep)
            ?? Cut(Segments(WithoutArguments(simple)), width, segmentsToKeep);
    }

    /// <summary>Cuts the declaring type before it cuts the member.</summary>
    private string Cut(NameSegments segments, int width, int segmentsToKeep)
    {
        var (kept, member) = (segments.Last(segmentsToKeep), segments.Member);
        var room = width - ellipsis.Length - TerminalText.Width(member);
        return room >= ShortestStump && kept.Length > member.Length
            ? Join(kept, TerminalText.Start(kept[..^member.Length], room).Length, kept.Length - member.Length)
            : Text(kept, width);
    }

    private string? WithoutNamespaces(string name, int width, int segmentsToKeep)
    {
        if (TerminalText.Width(name) <= width)
            return name;

        var segments = Segments(name);
        string? fitting = null;
        for (var keep = segmentsToKeep + 1; keep < segments.Count && ellipsis + segments.Last(keep) is var longer && TerminalText.Width(longer) <= width; keep++)
            fitting = longer;
        if (fitting is not null)
            return fitting;

        // Without room for the ellipsis the name alone is better.
        var last = segments.Last(segmentsToKeep);
        return TerminalText.Width(last) + ellipsis.Length <= width && segments.Count > segmentsToKeep ? ellipsis + last
            : TerminalText.Width(last) <= width ? last
            : null;
    }

    /// <summary>Each outermost list of type arguments becomes an ellipsis.</summary>
    private string WithoutArguments(string name)
    {
        var result = new StringBuilder(name.Length);
        var depth = 0;
        foreach (var character in name)
        {
            if (character == '<' && depth++ == 0)
                result.Append('<').Append(ellipsis);
            if (character == '>' && depth > 0)
                depth--;
            if (depth == 0)
                result.Append(character);
        }

        return result.ToString();
    }

    private static NameSegments Segments(string name) => new(name);

    /// <summary>Type arguments and parameters lose their namespaces.</summary>
    private static string WithoutArgumentNamespaces(string name)
    {
        var result = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (IsArgument(name, i))
                i = NamespaceEnd(name, i);
            result.Append(name[i]);
        }

        return result.ToString();
    }

    private static bool IsArgument(string name, int start) =>
        start > 0 && (IsOpening(name[start - 1]) || (name[start - 1] == ' ' && start > 1 && IsOpening(name[start - 2])));

    private static bool IsOpening(char character) => character is '<' or ',' or '(';

    /// <summary>
    /// Where the last segment begins of the dotted name that starts at an index. What the compiler generated, <c>RunAsync.stateMachine#0</c>, says nothing without
    /// its owner.
    /// </summary>
    private static int NamespaceEnd(string name, int start)
    {
        var (end, owner, i) = (start, start, start);
        for (; i < name.Length && (IsWord(name[i]) || name[i] is '.' or '`'); i++)
        {
            if (name[i] != '.')
                continue;
            if (i == start || name[i - 1] == '.')
                return end;
            if (i + 1 < name.Length && IsWord(name[i + 1]))
                (owner, end) = (end, i + 1);
        }

        return i < name.Length && name[i] == '#' ? owner : end;
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || char.GetUnicodeCategory(character)
        is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Where the segments of a dotted name begin; type arguments and parameters are skipped.</summary>
    private readonly struct NameSegments
    {
        private readonly string _name;
        private readonly List<int> _starts = [0];

        public NameSegments(string name)
        {
            _name = name;
            var depth = 0;
            for (var i = 0; i < name.Length; i++)
            {
                if (name[i] is '<' or '(' or '[')
                    depth++;
                else if (name[i] is '>' or ')' or ']')
                    depth--;
                else if (depth <= 0 && name[i] == '.' && i > 0 && name[i - 1] != '.')
                    _starts.Add(i + 1);
            }
        }

        public int Count => _starts.Count;

        /// <summary>The last segment with the dot before it.</summary>
        public string Member => _name[Math.Max(0, _starts[^1] - 1)..];

        /// <summary>The last segments; a member of a generic type never without that type.</summary>
        public string Last(int count)
        {
            var first = Math.Max(0, _starts.Count - count);
            while (first > 0 && _name[_starts[first] - 2] == '>')
                first--;
            return _name[_starts[first]..];
        }
    }
}
