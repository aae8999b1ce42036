using System.Buffers.Text;

namespace Memtrace.Footprint;

/// <summary>Parses numbers in the kernel's text files. Allocates nothing; what is missing or malformed is null.</summary>
internal static class KernelText
{
    /// <summary>The number after a key at the beginning of a line, such as <c>Threads:</c> or <c>oom_kill </c>.</summary>
    public static long? Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => Number(AfterKey(text, key));

    /// <summary>The bytes after a key at the beginning of a line: the kernel writes <c>VmRSS:   2048 kB</c> and means KiB.</summary>
    public static long? Bytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        Number(text, key) is { } kibibytes and <= long.MaxValue / 1024 ? kibibytes * 1024 : null;

    /// <summary>The number at the beginning of the text, after any blanks.</summary>
    public static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text.TrimStart(" \t"u8), out long number, out _) && number >= 0 ? number : null;

    /// <summary>The fraction after a key at the beginning of a line, such as <c>some avg10=</c>.</summary>
    public static double? Fraction(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        Utf8Parser.TryParse(AfterKey(text, key), out double number, out _) && number >= 0 && double.IsFinite(number) ? number : null;

    /// <summary>The number in a column of a line whose columns are separated by single blanks. The first column is 0.</summary>
    public static long? Column(ReadOnlySpan<byte> line, int column)
    {
        for (; column > 0; column--)
        {
            var blank = line.IndexOf((byte)' ');
            if (blank < 0)
                return null;
            line = line[(blank + 1)..];
        }

        return Number(line);
    }

    private static ReadOnlySpan<byte> AfterKey(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (!text.StartsWith(key))
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0)
                return default;
            text = text[(end + 1)..];
        }

        return text[key.Length..];
    }
}
