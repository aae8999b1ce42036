using System.Text;
using Memtrace.Events.Names;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Type names as ClrMD writes them, with arguments in angle brackets where they belong (<c>Outer&lt;System.String&gt;+Inner</c>), in the runtime's notation, with a
/// number of arguments at each name and all arguments at the end (<c>Outer`1+Inner[System.String]</c>), which becomes a readable name as that of an event does.
/// </summary>
internal sealed class DumpTypeName
{
    private readonly string _text;
    private int _position;
    private bool _isCutOff;

    private DumpTypeName(string text) => _text = text;

    /// <summary>A readable name.</summary>
    /// <param name="name">The name as ClrMD writes it.</param>
    public static string Readable(string name) => ReadableNames.Type(ToRuntime(name));

    /// <summary>The name in the runtime's notation.</summary>
    /// <param name="name">The name as ClrMD writes it.</param>
    public static string ToRuntime(string name)
    {
        var parser = new DumpTypeName(name);
        var type = parser.ParseType();
        return parser._position == name.Length && !parser._isCutOff ? type : name;
    }

    private string ParseType()
    {
        var path = new StringBuilder();
        var arguments = new List<string>();
        do
            ParseSegment(path, arguments);
        while (Take('+', path));

        var suffix = _position;
        SkipSuffix();
        if (arguments.Count > 0)
            path.Append('[').AppendJoin(',', arguments).Append(']');
        return path.Append(_text, suffix, _position - suffix).ToString();
    }

    /// <summary>The brackets of arrays, and marks of pointers and references.</summary>
    private void SkipSuffix()
    {
        while (Current is '[' or '*' or '&')
        {
            if (Current == '[' && _text.IndexOf(']', _position) is > 0 and var end)
                _position = end;
            _position++;
        }
    }

    private void ParseSegment(StringBuilder path, List<string> arguments)
    {
        // A name that the compiler made begins with what it is made of: <Main>d__0.
        if (Current == '<')
            CopyBrackets(path);
        while (_position < _text.Length && Current is not ('+' or ',' or '>' or '[' or '*' or '&'))
        {
            if (Current == '<')
            {
                path.Append('`').Append(ParseArguments(arguments));
                return;
            }

            path.Append(_text[_position++]);
        }
    }

    private int ParseArguments(List<string> arguments)
    {
        var count = 0;
        do
        {
            _position++;
            while (Current == ' ')
                _position++;
            arguments.Add(ParseType());
            count++;
        }
        while (Current == ',');
        _isCutOff |= Current != '>';
        _position++;
        return count;
    }

    private void CopyBrackets(StringBuilder path)
    {
        var depth = 0;
        do
        {
            depth += Current == '<' ? 1 : Current == '>' ? -1 : 0;
            path.Append(_text[_position++]);
        }
        while (depth > 0 && _position < _text.Length);
    }

    private char Current => _position < _text.Length ? _text[_position] : '\0';

    private bool Take(char character, StringBuilder path)
    {
        if (Current != character)
            return false;
        path.Append(character);
        _position++;
        return true;
    }
}
