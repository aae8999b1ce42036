namespace Memtrace.Nettrace;

/// <summary>The two ways in which blocks are framed.</summary>
internal enum NettraceFraming
{
    /// <summary>Formats 4 and 5: FastSerialization objects with names, padded to four bytes (NetTraceFormat_v5.md).</summary>
    Objects,

    /// <summary>Format 6: a four-byte header of size and kind (NetTraceFormat.md).</summary>
    Blocks,
}

/// <summary>What a block holds. The values are format 6's block kinds (NetTraceFormat.md, "Blocks").</summary>
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
/// <param name="Kind">What it holds; a kind that is not in <see cref="BlockKind"/> is passed on as it is.</param>
/// <param name="Payload">Its content without any framing.</param>
internal readonly record struct NettraceBlock(BlockKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>Where the blocks of a stream come from, in their order. Used by one thread.</summary>
internal interface IBlockSource
{
    /// <summary>How far the stream was read: where the next block begins, in bytes.</summary>
    long Position { get; }

    /// <summary>Whether the end of the stream was marked as such, which a killed process does not come to.</summary>
    bool EndedCleanly { get; }

    /// <summary>Reads what stands in front of the first block. Called once, first.</summary>
    /// <exception cref="NettraceException">This is no nettrace stream of format 4 to 6.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before its first block.</exception>
    NettraceFraming ReadHeader();

    /// <summary>Reads the next block; null at the stream's end, whether marked or not.</summary>
    /// <exception cref="NettraceException">The stream is damaged.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    NettraceBlock? ReadBlock();
}
