using System.Buffers.Text;
using System.Text;

namespace Memtrace.Footprint.Maps;

/// <summary>Parses /proc/PID/smaps, and /proc/PID/maps, which has the first line of each mapping.</summary>
internal static class SmapsText
{
    /// <summary>Fields before the name in a mapping's first line: addresses, permissions, offset, device, inode.</summary>
    private const int FieldsBeforeName = 5;
    private const int OffsetField = 2;
    private const int DeviceField = 3;
    private const int InodeField = 4;

    /// <summary>The mappings, in address order. If the text is cut off, the incomplete last one is left out.</summary>
    public static List<Mapping> Parse(ReadOnlySpan<byte> text)
    {
        var mappings = new List<Mapping>();
        Mapping? current = null;
        Figures figures = default;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (ParseFirstLine(line) is { } next)
                (current, figures) = (next, default);
            else if (line.StartsWith("VmFlags:"u8) && current is not null)
            {
                // The flags are the last line of a mapping.
                mappings.Add(figures.AddTo(current, Encoding.ASCII.GetString(line["VmFlags:".Length..]).Trim()));
                current = null;
            }
            else
            {
                figures.Read(line);
            }
        }

        return mappings;
    }

    /// <summary>The mappings of /proc/PID/maps, in address order.</summary>
    public static List<Mapping> ParseMaps(ReadOnlySpan<byte> text)
    {
        var mappings = new List<Mapping>();
        foreach (var range in text.Split((byte)'\n'))
        {
            if (ParseFirstLine(text[range]) is { } mapping)
                mappings.Add(mapping);
        }

        return mappings;
    }

    /// <summary>Null for any other line: those begin with a capital letter, which no address does.</summary>
    private static Mapping? ParseFirstLine(ReadOnlySpan<byte> line)
    {
        var hyphen = line.IndexOf((byte)'-');
        if (hyphen <= 0 || !TryParseAddress(line[..hyphen], out var start))
            return null;
        var rest = line[(hyphen + 1)..];
        var blank = rest.IndexOf((byte)' ');
        if (blank <= 0 || !TryParseAddress(rest[..blank], out var end) || rest.Length < blank + 5)
            return null;
        var permissions = Encoding.ASCII.GetString(rest.Slice(blank + 1, 4));
        var device = SkipFields(line, DeviceField);
        return new Mapping(new AddressRange(start, end), permissions, KernelText.Column(line, InodeField) ?? 0, Name(line), 0, 0, "")
        {
            Offset = Utf8Parser.TryParse(SkipFields(line, OffsetField), out ulong offset, out _, 'x') ? offset : 0,
            Device = Encoding.ASCII.GetString(device[..Math.Max(0, device.IndexOf((byte)' '))]),
        };
    }

    private static ReadOnlySpan<byte> SkipFields(ReadOnlySpan<byte> line, int count)
    {
        for (; count > 0; count--)
        {
            var blank = line.IndexOf((byte)' ');
            if (blank < 0)
                return default;
            line = line[(blank + 1)..];
        }

        return line;
    }

    // A path may contain blanks; only line breaks are escaped.
    private static string Name(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(SkipFields(line, FieldsBeforeName).TrimStart((byte)' '));

    private static bool TryParseAddress(ReadOnlySpan<byte> text, out ulong address) =>
        Utf8Parser.TryParse(text, out address, out var length, 'x') && length == text.Length;

    /// <summary>The figures in the lines after a mapping's first line.</summary>
    private struct Figures
    {
        private long _rss;
        private long _swap;
        private long _hugePages;
        private long _lazilyFreed;

        public void Read(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("Rss:"u8))
                _rss = Bytes(line);
            else if (line.StartsWith("Swap:"u8))
                _swap = Bytes(line);
            else if (line.StartsWith("LazyFree:"u8))
                _lazilyFreed = Bytes(line);
            else if (line.StartsWith("Private_Hugetlb:"u8) || line.StartsWith("Shared_Hugetlb:"u8))
                _hugePages += Bytes(line);
        }

        public readonly Mapping AddTo(Mapping mapping, string flags) => mapping with { Rss = _rss, Swap = _swap, HugePages = _hugePages, LazilyFreed = _lazilyFreed, Flags = flags };

        private static long Bytes(ReadOnlySpan<byte> line) => (KernelText.Number(line[(line.IndexOf((byte)':') + 1)..]) ?? 0) * 1024;
    }
}
