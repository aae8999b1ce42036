namespace Memtrace.Events.Names;

/// <summary>
/// A name that the C# compiler generated. Not a contract of the compiler, but stable for years: GeneratedNameKind.cs and GeneratedNames.cs
/// in dotnet/roslyn.
/// </summary>
/// <param name="Kind">Its purpose.</param>
/// <param name="Origin">The name between the brackets: the method, which may be generated itself; empty if there is none.</param>
/// <param name="Detail">The ordinal, or the source name of a local function or type; may be empty.</param>
internal sealed record GeneratedName(GeneratedKind Kind, string Origin, string Detail)
{
    // F, the SHA-256 of the file's path in hexadecimal digits, two underscores.
    private const int FileMarkLength = 1 + 64 + 2;

    /// <summary>Whether this is a method with code of the method it is named after.</summary>
    public bool IsCodeOfMethod => Kind is GeneratedKind.Method or GeneratedKind.Lambda or GeneratedKind.LocalFunction;

    /// <summary>The readable path of the method whose code this is, without the type.</summary>
    public string MethodPath => Kind switch
    {
        GeneratedKind.Lambda => $"{OriginPath}.lambda#{Detail}",
        GeneratedKind.LocalFunction => $"{OriginPath}.{Detail}",
        GeneratedKind.Method or GeneratedKind.StateMachine => OriginPath,
        GeneratedKind.FinallyBlock => $"finally#{Detail}",
        _ => TypePath,
    };

    /// <summary>The readable name of the type, without its namespace.</summary>
    public string TypePath => Kind switch
    {
        GeneratedKind.StateMachine => Ordinal($"{OriginPath}.stateMachine"),
        GeneratedKind.Closure => Ordinal("closure"),
        GeneratedKind.AnonymousType => Ordinal("anonymous"),
        GeneratedKind.Type => Detail,
        _ => MethodPath,
    };

    // In type names the compiler replaces the dots of an explicit interface by hyphens.
    private string OriginPath => Parse(Origin) is { } nested ? nested.MethodPath : MemberName.Readable(Origin.Replace('-', '.'));

    /// <summary>Null if the name is not generated, or of a kind that has no simpler form.</summary>
    public static GeneratedName? Parse(string name)
    {
        var end = ClosingBracket(name);
        if (end < 0)
            return null;

        var origin = name[1..end];
        var rest = name[(end + 1)..];
        return origin.Length == 0 ? ParseUnbound(rest) : ParseBound(origin, rest);
    }

    private static GeneratedName? ParseUnbound(string rest)
    {
        if (rest == "c")
            return new(GeneratedKind.Closure, "", "");

        return After(rest, "c__DisplayClass", GeneratedKind.Closure)
            ?? After(rest, "c__", GeneratedKind.Closure)
            ?? After(rest, "f__AnonymousType", GeneratedKind.AnonymousType)
            ?? After(rest, "m__Finally", GeneratedKind.FinallyBlock)
            ?? After(rest, "z__", GeneratedKind.Type)
            ?? After(rest, "y__", GeneratedKind.Type);
    }

    private static GeneratedName? After(string rest, string mark, GeneratedKind kind) =>
        rest.Length > mark.Length && rest.StartsWith(mark, StringComparison.Ordinal) ? new(kind, "", rest[mark.Length..]) : null;

    private static GeneratedName? ParseBound(string origin, string rest)
    {
        // <Main> is the entry point that awaits an async Main.
        if (rest == "$" || (rest.Length == 0 && origin == "Main"))
            return new(GeneratedKind.Method, origin, "");
        if (rest == "d")
            return new(GeneratedKind.StateMachine, origin, "");
        if (rest.Length > FileMarkLength && rest[0] == 'F' && rest[(FileMarkLength - 2)..FileMarkLength] == "__")
            return new(GeneratedKind.Type, origin, rest[FileMarkLength..]);
        if (rest.Length < 4 || rest[1..3] != "__")
            return null;

        var detail = rest[3..];
        return rest[0] switch
        {
            // The ordinals of the method and of the lambda; the method's is missing if it is in the closure's name.
            'b' => new(GeneratedKind.Lambda, origin, detail[(detail.LastIndexOf('_') + 1)..]),
            'g' when detail.IndexOf('|') is > 0 and var bar => new(GeneratedKind.LocalFunction, origin, detail[..bar]),
            'd' => new(GeneratedKind.StateMachine, origin, detail),
            _ => null,
        };
    }

    private string Ordinal(string word) => Detail.Length == 0 ? word : $"{word}#{Detail}";

    private static int ClosingBracket(string name)
    {
        if (!name.StartsWith('<'))
            return -1;

        var depth = 0;
        for (var i = 0; i < name.Length; i++)
        {
            depth += name[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth == 0)
                return i;
        }

        return -1;
    }
}
