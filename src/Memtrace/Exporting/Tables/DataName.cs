using System.Text.Json;

namespace Memtrace.Exporting.Tables;

/// <summary>The names that enumerations have in data and on the command line.</summary>
internal static class DataName
{
    /// <summary>The name of a value in camel case: <c>gcHeap</c>, <c>bytesPerSecond</c>.</summary>
    /// <typeparam name="TEnum">The enumeration.</typeparam>
    /// <param name="value">The value.</param>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(Enum.GetName(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, "It has no name."));
}
