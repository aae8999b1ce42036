using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>The events of a recording's blocks that are not the data session's: those that <see cref="RecordingMerger"/> has put into blocks of its own.</summary>
internal static class MergedEvents
{
    /// <summary>The events of a block in their order; none of a block of the data session.</summary>
    /// <param name="framing">The recording's framing.</param>
    /// <param name="block">The block's payload.</param>
    public static IReadOnlyList<SymbolEvent> Of(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        if (!IsMerged(framing, block))
            return [];
        var merged = new List<SymbolEvent>();
        var events = new EventBlockReader(framing, block);
        while (events.Read())
            merged.Add(new SymbolEvent(events.Header.MetadataId, events.Header.Thread, events.Header.Timestamp, events.Payload.ToArray()));
        return merged;
    }

    /// <summary>Whether an event block is the merger's own: all its events stand under one thread that no system has.</summary>
    /// <param name="framing">The recording's framing.</param>
    /// <param name="block">The block's payload.</param>
    public static bool IsMerged(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        var events = new EventBlockReader(framing, block);
        return events.Read() && events.Header.CaptureThread == RecordingMerger.PseudoThread;
    }
}
