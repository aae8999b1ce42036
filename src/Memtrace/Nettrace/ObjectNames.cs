namespace Memtrace.Nettrace;

/// <summary>How a kind of block is named in formats 4 and 5.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its name, in ASCII.</param>
/// <param name="Version">The version of its layout.</param>
internal readonly record struct ObjectName(BlockKind Kind, byte[] Name, int Version);

/// <summary>The names and versions of blocks in formats 4 and 5 (NetTraceFormat_v5.md, "Objects").</summary>
internal static class ObjectNames
{
    private static readonly ObjectName[] All =
    [
        new(BlockKind.Trace, "Trace"u8.ToArray(), 4),
        new(BlockKind.Event, "EventBlock"u8.ToArray(), 2),
        new(BlockKind.Metadata, "MetadataBlock"u8.ToArray(), 2),
        new(BlockKind.SequencePoint, "SPBlock"u8.ToArray(), 2),
        new(BlockKind.Stack, "StackBlock"u8.ToArray(), 2),
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
    public static ObjectName NameOf(BlockKind kind)
    {
        foreach (var entry in All)
        {
            if (entry.Kind == kind)
                return entry;
        }

        throw new ArgumentOutOfRangeException(nameof(kind), kind, "Formats 4 and 5 have no such block.");
    }
}
