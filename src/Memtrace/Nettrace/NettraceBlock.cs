namespace Memtrace.Nettrace;

/// <summary>The two ways in which blocks are framed.</summary>
internal enum NettraceFraming
{
    /// <summary>Formats 4 and 5: FastSerialization objects with names, padded to four bytes (NetTraceFormat_v5.md).</summary>
    Objects,

    /// <summary>Format 6: a four-byte header of size and kind (NetTraceFormat.md).</summary>
    Blocks,
}

/// <summary>Block kinds. The values are those of format 6 (NetTraceFormat.md, "Blocks").</summary>
internal enum BlockKind : byte
{
    EndOfStream = 0,
    Trace = 1,
    Event = 2,
    Metadata = 3,
    SequencePoint = 4,
    Stack = 5,
    Thread = 6,
    RemoveThread = 7,
    LabelList = 8,
}

/// <summary>One block of a nettrace stream. The payload is valid until the next block is read from the same source.</summary>
/// <param name="Kind">Its kind; a kind that is not in <see cref="BlockKind"/> is passed through.</param>
/// <param name="Payload">Its content without any framing.</param>
internal readonly record struct NettraceBlock(BlockKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>A source of blocks, in stream order. Used by one thread.</summary>
internal interface IBlockSource
{
    /// <summary>Stream offset of the next block, in bytes.</summary>
    long Position { get; }

    /// <summary>Whether the stream ended with an end mark. A process that was killed does not write one.</summary>
    bool EndedCleanly { get; }

    /// <summary>Reads what precedes the first block. Call it once, before <see cref="ReadBlock"/>.</summary>
    /// <exception cref="NettraceException">This is not a nettrace stream of format 4 to 6.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before its first block.</exception>
    NettraceFraming ReadHeader();

    /// <summary>Reads the next block; null at the end of the stream, with or without an end mark.</summary>
    /// <exception cref="NettraceException">The stream is damaged.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    NettraceBlock? ReadBlock();
}
