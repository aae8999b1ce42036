namespace Memtrace.HeapSnapshots.Sources;

/// <summary>What static fields are called.</summary>
internal static class StaticFieldName
{
    private const string BackingField = ">k__BackingField";

    /// <summary><c>Namespace.Class.Field</c>; a property stands for its field.</summary>
    /// <param name="className">The class.</param>
    /// <param name="field">The field's name in the metadata.</param>
    public static string Of(string className, string field) =>
        field.StartsWith('<') && field.EndsWith(BackingField, StringComparison.Ordinal) ? $"{className}.{field[1..^BackingField.Length]}" : $"{className}.{field}";
}
