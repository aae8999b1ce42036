using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>Where the blocks of a recording go to. Used by one thread at a time.</summary>
internal interface IBlockSink : IDisposable
{
    /// <summary>The stream's size so far without its end mark, in bytes.</summary>
    long Length { get; }

    /// <summary>Takes the next block.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="payload">Its content without any framing; valid during the call.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    void Write(BlockKind kind, ReadOnlySpan<byte> payload);

    /// <summary>Makes what was taken so far last. Any thread may ask for it.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    void Sync();
}
