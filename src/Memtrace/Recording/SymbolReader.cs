using Memtrace.Recording.Nettrace;

namespace Memtrace.Recording;

/// <summary>An event of a session other than the data session, ready for the recording.</summary>
internal readonly record struct SymbolEvent(int MetadataId, long Timestamp, byte[] Payload);

/// <summary>
/// Reads a session's stream event by event. Each session's metadata ids are raised by an offset of its own, because every session counts its
/// kinds of events from 1.
/// </summary>
internal sealed class SymbolReader(DiagnosticSession session, int metadataIdOffset)
{
    /// <summary>Added to the metadata ids of the session that runs along.</summary>
    public const int RunningOffset = 0x7C000000;

    /// <summary>Added to the metadata ids of a data session that takes over from another.</summary>
    public const int SuccessorOffset = 0x7A000000;

    /// <summary>Added to the metadata ids of the rundown at the beginning.</summary>
    public const int FirstRundownOffset = 0x7D000000;

    /// <summary>Added to the metadata ids of the rundown at the end.</summary>
    public const int LastRundownOffset = 0x7B000000;

    /// <summary>What each metadata id stands for, in the recording's numbering.</summary>
    public Dictionary<int, EventKind> Kinds { get; } = [];

    /// <summary>Reads to the stream's end.</summary>
    /// <param name="onMetadata">Receives the payload of each metadata block, renumbered, before the first event that needs it.</param>
    /// <param name="onEvent">Receives each event, renumbered.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether the stream came to a marked end.</returns>
    public async Task<bool> ReadToEndAsync(Action<byte[]> onMetadata, Action<SymbolEvent> onEvent, CancellationToken cancellation)
    {
        try
        {
            await session.Blocks.ReadHeaderAsync(cancellation);
            while (await session.Blocks.ReadBlockAsync(cancellation) is { } block)
            {
                if (block.Kind == BlockKind.Metadata)
                    onMetadata(EventMetadata.Renumber(session.Blocks.Framing, block.Payload.Span, metadataIdOffset, Kinds));
                else if (block.Kind == BlockKind.Event)
                    ReadEvents(block.Payload.Span, onEvent);
            }
        }
        catch (IOException)
        {
            // The target is gone, and with it the connection.
        }

        return session.Blocks.EndedCleanly;
    }

    private void ReadEvents(ReadOnlySpan<byte> block, Action<SymbolEvent> onEvent)
    {
        var events = new EventBlockReader(session.Blocks.Framing, block);
        while (events.Read())
            onEvent(new SymbolEvent(events.Header.MetadataId + metadataIdOffset, events.Header.Timestamp, events.Payload.ToArray()));
    }
}
