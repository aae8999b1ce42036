using System.Buffers;
using System.Collections.Immutable;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Redaction;

/// <summary>
/// Splits readable names (<see cref="ReadableNames"/>) into words and punctuation. Any text can be split: characters that are not punctuation
/// of names are part of a word. The concatenated parts are the name.
/// </summary>
internal static class NameParts
{
    private static readonly SearchValues<char> Punctuation = SearchValues.Create(".<>, []*&#()+|~^!=%/-");
    private static readonly SearchValues<char> Ordinals = SearchValues.Create("0123456789_");

    /// <summary>The parts, in order.</summary>
    public static ImmutableArray<NamePart> Of(string name)
    {
        var parts = ImmutableArray.CreateBuilder<NamePart>();
        var outer = new Stack<int>();
        var (path, paths) = (0, 1);
        for (var i = 0; i < name.Length;)
        {
            var length = WordLength(name.AsSpan(i));
            if (length > 0)
            {
                parts.Add(new NamePart(name.Substring(i, length), NamePartKind.Word, path));
                i += length;
                continue;
            }

            length = PunctuationLength(name.AsSpan(i));
            if (name[i] == '<')
                outer.Push(path);
            if (name[i] == '>')
                path = outer.TryPop(out var enclosing) ? enclosing : path;
            else if (name[i] is '<' or ',' or ' ')
                path = paths++;
            parts.Add(new NamePart(name.Substring(i, length), NamePartKind.Punctuation, path));
            i += length;
        }

        return parts.ToImmutable();
    }

    private static int WordLength(ReadOnlySpan<char> rest) => rest.IndexOfAny(Punctuation) is >= 0 and var end ? end : rest.Length;

    // An ordinal belongs to its # character.
    private static int PunctuationLength(ReadOnlySpan<char> rest) =>
        rest[0] != '#' ? 1 : rest[1..].IndexOfAnyExcept(Ordinals) is >= 0 and var end ? end + 1 : rest.Length;
}
