namespace Memtrace.Analysis.Symbols;

/// <summary>A name without namespace and outer type in the name of a type: the type's own, or one of its arguments'.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="Text">The name as the metadata has it.</param>
/// <param name="Arity">The number of its type arguments, including those of the types that it is nested in.</param>
internal sealed record SimpleTypeName(int Start, string Text, int Arity)
{
    /// <summary>Where it ends.</summary>
    public int End => Start + Text.Length;

    /// <summary>All of them in a type's name.</summary>
    /// <param name="type">The name in the runtime's notation.</param>
    public static IReadOnlyList<SimpleTypeName> In(string type)
    {
        var names = new List<SimpleTypeName>();
        for (var start = 0; start < type.Length; start++)
        {
            var end = EndOfName(type, start);
            if (IsSimple(type.AsSpan(start, end - start)) && (start == 0 || type[start - 1] != '+') && (end == type.Length || type[end] != '+'))
                names.Add(new SimpleTypeName(start, type[start..end], ArgumentsAt(type, end)));
            start = end;
        }

        return names;
    }

    /// <summary>The end of the name that starts somewhere. What a compiler puts in angle brackets belongs to it.</summary>
    private static int EndOfName(string type, int start)
    {
        var depth = 0;
        for (var i = start; i < type.Length; i++)
        {
            depth += type[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth <= 0 && type[i] is '[' or ']' or ',' or '+' or '*' or '&')
                return i;
        }

        return type.Length;
    }

    // The rest of an argument with its assembly, ", System.Private.CoreLib, Version=...", begins with a space.
    private static bool IsSimple(ReadOnlySpan<char> name)
    {
        var brackets = name.IndexOf('<');
        return name.Length > 0 && name[0] != ' ' && !(brackets < 0 ? name : name[..brackets]).Contains('.');
    }

    private static int ArgumentsAt(string type, int start)
    {
        if (start + 1 >= type.Length || type[start] != '[' || type[start + 1] is ']' or ',' or '*')
            return 0;
        var (depth, count) = (0, 1);
        for (var i = start; i < type.Length; i++)
        {
            depth += type[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth == 0)
                break;
            if (depth == 1 && type[i] == ',')
                count++;
        }

        return count;
    }
}
