using System.Buffers.Binary;
using Memtrace.Recording.Buffering;
using Memtrace.Nettrace;
using Memtrace.Recording;

namespace Memtrace.Monitoring;

/// <summary>The destination of a live recording: the pipe to its reader, and the buffer of the last minutes.</summary>
/// <param name="framing">The recording's framing.</param>
/// <param name="pipe">The pipe to the reader.</param>
/// <param name="buffer">The buffer, or null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveSink(NettraceFraming framing, BlockPipe pipe, FlightRecorder? buffer, TimeProvider time) : IBlockSink
{
    /// <summary>The time after which the recorder considers the target idle.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private long _lastDataAt = time.GetTimestamp();

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        Length += payload.Length;
        buffer?.Add(kind, payload);
        var isMerged = kind == BlockKind.Event && MergedEvents.IsMerged(framing, payload);
        if (isMerged && time.GetElapsedTime(_lastDataAt) > IdleAfter)
            payload = Sorted(payload);
        else if (!isMerged)
            _lastDataAt = time.GetTimestamp();
        if (isMerged || kind != BlockKind.Event)
            pipe.Add(kind, payload);
        else
            pipe.Offer(kind, payload);
    }

    /// <inheritdoc/>
    public void Sync()
    {
    }

    public void Dispose() => pipe.Complete();

    // A reader holds events back until a sorted event shows that nothing earlier will arrive. An idle target sends none, so the recorder's own events are
    // marked as sorted; otherwise the memory of an idle target would not be shown.
    private static byte[] Sorted(ReadOnlySpan<byte> block)
    {
        var sorted = block.ToArray();
        sorted[BinaryPrimitives.ReadUInt16LittleEndian(block)] |= (byte)EventHeaderFields.Sorted;
        return sorted;
    }
}
