using System.Buffers;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes words so that a shell reads them as they are.</summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/\\.:-_+@=,%");

    /// <summary>A word, in quotes where it needs them.</summary>
    /// <param name="word">The word.</param>
    public static string Quote(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain)
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command line.</summary>
    /// <param name="words">Its words.</param>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
