using System.Text;

namespace Memtrace.HeapSnapshots;

/// <summary>Names of types without their type arguments, as tables of known types have them.</summary>
internal static class OpenTypeName
{
    /// <summary>The name without type arguments: <c>System.Collections.Generic.Dictionary.Entry[]</c>.</summary>
    /// <param name="type">Readable full type name.</param>
    public static string Of(string type)
    {
        if (!type.Contains('<'))
            return type;
        var name = new StringBuilder(type.Length);
        var depth = 0;
        foreach (var character in type)
        {
            depth += character == '<' ? 1 : 0;
            if (depth == 0)
                name.Append(character);
            depth -= character == '>' && depth > 0 ? 1 : 0;
        }

        return name.ToString();
    }

    /// <summary>The name without type arguments, namespace and enclosing types: <c>Entry[]</c>.</summary>
    /// <param name="type">Readable full type name.</param>
    public static string ShortOf(string type)
    {
        var name = Of(type);
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
