using System.Diagnostics.CodeAnalysis;

namespace Memtrace.Analysis;

/// <summary>Finds text without making a string of it, where the runtime can (.NET 9).</summary>
internal static class TextLookup
{
    /// <summary>The value of a key.</summary>
    public static bool TryFind(this Dictionary<string, int> index, ReadOnlySpan<char> key, out int value) =>
#if NET9_0_OR_GREATER
        index.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out value);
#else
        index.TryGetValue(key.ToString(), out value);
#endif

    /// <summary>The string of a set that is equal to some text.</summary>
    public static bool TryFind(this HashSet<string> strings, ReadOnlySpan<char> text, [NotNullWhen(true)] out string? found) =>
#if NET9_0_OR_GREATER
        strings.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out found);
#else
        strings.TryGetValue(text.ToString(), out found);
#endif
}
