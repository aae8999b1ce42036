using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Where the parts of an object are, in bytes from its address on, where the method table is.</summary>
internal static class ObjectParts
{
    /// <summary>The first field; of arrays and strings, the length.</summary>
    public const int Fields = 8;

    /// <summary>The characters of a string.</summary>
    public const int Characters = 12;

    /// <summary>The elements of an array.</summary>
    public const int Elements = 16;

    /// <summary>A field; null if the type does not have it.</summary>
    /// <param name="type">The type of the object.</param>
    /// <param name="field">The field's name.</param>
    public static int? OffsetOf(ClrType? type, string field) => type?.GetFieldByName(field)?.Offset + Fields;
}
