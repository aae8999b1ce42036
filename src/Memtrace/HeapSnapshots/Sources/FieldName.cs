namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Names of fields as in the source: compilers generate names for fields that the source does not name.</summary>
internal static class FieldName
{
    private const string BackingField = ">k__BackingField";

    /// <summary>A property stands for its field, a variable for the field of a closure or of a state machine that it became.</summary>
    /// <param name="name">The field's name in the metadata.</param>
    public static string Readable(string name)
    {
        if (!name.StartsWith('<') || name.IndexOf('>') is not (> 0 and var end) || char.IsAsciiDigit(name[1]))
            return name;
        if (name.EndsWith(BackingField, StringComparison.Ordinal))
            return name[1..^BackingField.Length];
        if (name.StartsWith("<>4__this", StringComparison.Ordinal))
            return "this";

        // A captured parameter of a primary constructor, <name>P; a variable of a state machine, <name>5__2.
        return end > 1 ? name[1..end] : name;
    }

    /// <summary><c>Namespace.Class.Field</c>.</summary>
    /// <param name="className">The class.</param>
    /// <param name="field">The field's name in the metadata.</param>
    public static string Of(string className, string field) => $"{className}.{Readable(field)}";
}
