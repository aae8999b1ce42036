using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>The destination of a recording's blocks. Used by one thread at a time.</summary>
internal interface IBlockSink : IDisposable
{
    /// <summary>Size of the stream so far without its end mark, in bytes.</summary>
    long Length { get; }

    /// <summary>Writes the next block.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its content without framing; valid only during the call.</param>
    /// <exception cref="IOException">There is no space for it.</exception>
    void Write(BlockKind kind, ReadOnlySpan<byte> payload);

    /// <summary>Flushes everything written so far to the disk. May be called by any thread.</summary>
    /// <exception cref="IOException">The disk reports an error.</exception>
    void Sync();
}
