using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Memtrace.Events.Names;

/// <summary>
/// Parses the runtime's type names: the grammar of "Specifying fully qualified type names" in the .NET documentation, where
/// generic arguments can also be without brackets and assembly. Angle brackets and what they enclose are part of a compiler-generated name.
/// (System.Reflection.Metadata.TypeName does not accept such names, nor the arguments of a type whose arity is missing.)
/// </summary>
internal sealed class RuntimeTypeNameParser
{
    private const int MaximumArity = 255;

    private readonly string _text;
    private int _position;

    private RuntimeTypeNameParser(string text) => _text = text;

    private char Current => Ahead(0);

    /// <summary>Null if the text is not a type name.</summary>
    public static RuntimeTypeName? Parse(string text)
    {
        var parser = new RuntimeTypeNameParser(text);
        return parser.ParseType() is { } type && parser._position == text.Length ? type : null;
    }

    private RuntimeTypeName? ParseType()
    {
        var path = ImmutableArray.CreateBuilder<TypeNameSegment>();
        do
        {
            if (ParseSegment() is not { } segment)
                return null;
            path.Add(segment);
        }
        while (Skip('+'));

        if (ParseArguments() is not { } arguments || Distribute(path, arguments) is not { } closed || ParseSuffix() is not { } suffix)
            return null;
        return new RuntimeTypeName(closed, suffix);
    }

    private TypeNameSegment? ParseSegment()
    {
        var name = new StringBuilder();
        var arity = 0;
        for (; _position < _text.Length && !IsEndOfName(Current); _position++)
        {
            if (Current == '<')
            {
                if (!CopyBrackets(name))
                    return null;
            }
            else if (Current == '`' && char.IsAsciiDigit(Ahead(1)))
            {
                return name.Length > 0 && ParseArity(out arity) ? new TypeNameSegment(name.ToString(), arity, []) : null;
            }
            else
            {
                CopyCharacter(name);
            }
        }

        return name.Length == 0 ? null : new TypeNameSegment(name.ToString(), arity, []);
    }

    private static bool IsEndOfName(char character) => character is '+' or '[' or ']' or ',' or '*' or '&';

    // A backslash escapes the next character.
    private void CopyCharacter(StringBuilder name)
    {
        if (Current == '\\' && _position + 1 < _text.Length)
            _position++;
        name.Append(Current);
    }

    // Ends at the closing bracket, which the caller's loop skips.
    private bool CopyBrackets(StringBuilder name)
    {
        for (var depth = 0; _position < _text.Length; _position++)
        {
            depth += Current switch { '<' => 1, '>' => -1, _ => 0 };
            CopyCharacter(name);
            if (depth == 0)
                return true;
        }

        return false;
    }

    private bool ParseArity(out int arity)
    {
        var start = ++_position;
        while (char.IsAsciiDigit(Current))
            _position++;
        return int.TryParse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out arity)
            && arity is > 0 and <= MaximumArity;
    }

    private ImmutableArray<RuntimeTypeName>? ParseArguments()
    {
        if (Current != '[' || Ahead(1) is ']' or ',' or '*')
            return [];

        var arguments = ImmutableArray.CreateBuilder<RuntimeTypeName>();
        _position++;
        do
        {
            if (ParseArgument() is not { } argument)
                return null;
            arguments.Add(argument);
        }
        while (Skip(','));

        return Skip(']') ? arguments.ToImmutable() : null;
    }

    private RuntimeTypeName? ParseArgument()
    {
        if (!Skip('['))
            return ParseType();

        // [Name, Assembly, Version=...]
        var type = ParseType();
        if (Current == ',')
            _position = _text.IndexOf(']', _position) is >= 0 and var end ? end : _text.Length;
        return Skip(']') ? type : null;
    }

    // The runtime appends each array to its element type: System.Int32[][,] is a two-dimensional array of int[].
    // C# writes the outer array first: int[,][].
    private string? ParseSuffix()
    {
        var suffix = new StringBuilder();
        var ranks = new Stack<string>();
        for (; Current is '[' or '*' or '&'; _position++)
        {
            if (Current == '[')
            {
                var end = _text.IndexOf(']', _position);
                if (end < 0 || _text.AsSpan(_position + 1, end - _position - 1).ContainsAnyExcept(',', '*'))
                    return null;
                ranks.Push(_text[_position..(end + 1)]);
                _position = end;
            }
            else
            {
                suffix.AppendJoin("", ranks).Append(Current);
                ranks.Clear();
            }
        }

        return suffix.AppendJoin("", ranks).ToString();
    }

    // The arguments of a nested type start with those of its enclosing types. If these are omitted (allocation events), the first name
    // gets the remaining arguments.
    private static ImmutableArray<TypeNameSegment>? Distribute(
        ImmutableArray<TypeNameSegment>.Builder path, ImmutableArray<RuntimeTypeName> arguments)
    {
        if (arguments.IsEmpty)
            return path.ToImmutable();

        var end = arguments.Length;
        for (var i = path.Count - 1; i >= 0; i--)
        {
            var start = i == 0 ? 0 : end - path[i].Arity;
            if (start < 0 || end - start < path[i].Arity)
                return null;
            path[i] = path[i] with { Arguments = arguments[start..end] };
            end = start;
        }

        return path.ToImmutable();
    }

    private bool Skip(char expected)
    {
        if (Current != expected)
            return false;
        _position++;
        return true;
    }

    private char Ahead(int distance) => _position + distance < _text.Length ? _text[_position + distance] : '\0';
}
