namespace Memtrace.Nettrace;

/// <summary>The names and versions of blocks in formats 4 and 5 (NetTraceFormat_v5.md, "Objects").</summary>
internal static class ObjectNames
{
    private static readonly (BlockKind Kind, byte[] Name, int Version)[] All =
    [
        (BlockKind.Trace, "Trace"u8.ToArray(), 4),
        (BlockKind.Event, "EventBlock"u8.ToArray(), 2),
        (BlockKind.Metadata, "MetadataBlock"u8.ToArray(), 2),
        (BlockKind.SequencePoint, "SPBlock"u8.ToArray(), 2),
        (BlockKind.Stack, "StackBlock"u8.ToArray(), 2),
    ];

    /// <summary>The kind of the object with this name.</summary>
    /// <exception cref="NettraceException">There is no such object.</exception>
    public static BlockKind KindOf(ReadOnlySpan<byte> name)
    {
        foreach (var entry in All)
        {
            if (name.SequenceEqual(entry.Name))
                return entry.Kind;
        }

        throw new NettraceException("expected the start of a block");
    }

    /// <summary>The name and version of a block of this kind.</summary>
    public static (byte[] Name, int Version) NameOf(BlockKind kind)
    {
        foreach (var entry in All)
        {
            if (entry.Kind == kind)
                return (entry.Name, entry.Version);
        }

        throw new ArgumentOutOfRangeException(nameof(kind), kind, "Formats 4 and 5 have no such block.");
    }
}
