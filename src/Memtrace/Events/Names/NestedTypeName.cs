namespace Memtrace.Events.Names;

/// <summary>Names of nested types: <c>Dictionary&lt;K, V&gt;.Entry</c>, which events call <c>Entry&lt;K, V&gt;</c>.</summary>
internal static class NestedTypeName
{
    /// <summary>A readable name without the types around a nested type, but with their arguments, as events have it. A type that is not nested loses its namespace.</summary>
    /// <param name="name">Its readable name with the types around it.</param>
    public static string WithoutOuter(string name)
    {
        var own = LengthWithoutSuffix(name);
        var (begin, end, depth, opened) = (0, own, 0, 0);
        var arguments = new List<string>();
        for (var i = 0; i < own; i++)
        {
            if (name[i] == '.' && depth == 0)
                (begin, end) = (i + 1, own);
            else if (name[i] == '<' && depth++ == 0)
                (end, opened) = (i, i + 1);
            else if (name[i] == '>' && --depth == 0)
                arguments.Add(name[opened..i]);
        }

        return $"{name[begin..end]}{(arguments.Count > 0 ? $"<{string.Join(", ", arguments)}>" : "")}{name[own..]}";
    }

    /// <summary>Whether events may have recorded a type by a name: its own, or that without all or some of the types around it.</summary>
    /// <param name="recorded">The readable name in the recording.</param>
    /// <param name="name">The type's readable name with the types around it.</param>
    public static bool MayBeRecordedAs(string recorded, string name) =>
        recorded == name || recorded == WithoutOuter(name) || name.EndsWith($".{recorded}", StringComparison.Ordinal);

    private static int LengthWithoutSuffix(string name)
    {
        var length = name.Length;
        while (length > 0 && name[length - 1] is ']' or '[' or ',' or '*' or '&')
            length--;
        return length;
    }
}
