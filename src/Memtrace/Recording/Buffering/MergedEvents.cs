using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>The events that <see cref="RecordingMerger"/> wrote in its own blocks: those that are not from the data session.</summary>
internal static class MergedEvents
{
    /// <summary>The events of a block in order; none for a block of the data session.</summary>
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

    /// <summary>Whether the merger wrote an event block: all its events have <see cref="RecordingMerger.PseudoThread"/>.</summary>
    /// <param name="framing">The recording's framing.</param>
    /// <param name="block">The block's payload.</param>
    public static bool IsMerged(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        var events = new EventBlockReader(framing, block);
        return events.Read() && events.Header.CaptureThread == RecordingMerger.PseudoThread;
    }
}
