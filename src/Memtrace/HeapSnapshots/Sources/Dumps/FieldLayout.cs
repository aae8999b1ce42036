using System.Collections.Immutable;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>The fields of a type that refer to objects. Immutable.</summary>
internal sealed class FieldLayout
{
    private const int MostFields = 500;

    private readonly ImmutableArray<Field> _fields;

    private FieldLayout(ImmutableArray<Field> fields) => _fields = fields;

    /// <summary>Whether there are none, or they have no names, as those of arrays.</summary>
    public bool IsEmpty => _fields.IsEmpty;

    /// <summary>The layout of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="structs">How many structs deep fields are looked for.</param>
    public static FieldLayout Of(ClrType type, int structs) =>
        new(type.IsArray || type.IsString || !type.ContainsPointers ? [] : [.. FieldsOf(type, "", ObjectParts.Fields, structs).Take(MostFields)]);

    /// <summary>The field of an object that refers to another one; null if none does.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The address of the object.</param>
    /// <param name="target">The address of the other one.</param>
    public string? Find(IDataReader memory, ulong address, ulong target)
    {
        foreach (var field in _fields)
        {
            if (memory.ReadPointer(address + (ulong)field.Offset) == target)
                return field.Name;
        }

        return null;
    }

    private static IEnumerable<Field> FieldsOf(ClrType type, string prefix, int begin, int structs)
    {
        foreach (var field in type.Fields)
        {
            var name = prefix + FieldName.Readable(field.Name ?? "?");
            if (field.IsObjectReference)
                yield return new Field(name, begin + field.Offset);
            else if (structs > 0 && field is { IsValueType: true, Type: { ContainsPointers: true } inner })
            {
                foreach (var nested in FieldsOf(inner, name + ".", begin + field.Offset, structs - 1))
                    yield return nested;
            }
        }
    }

    private readonly record struct Field(string Name, int Offset);
}
