using Memtrace.Nettrace;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>An event of another session than the data session, ready for the recording.</summary>
/// <param name="MetadataId">Its metadata id in the recording.</param>
/// <param name="Thread">Its thread. The order of one thread's events matters: the map of a method follows its load.</param>
/// <param name="Timestamp">Its time, in ticks.</param>
/// <param name="Payload">Its payload.</param>
internal readonly record struct SymbolEvent(int MetadataId, ulong Thread, long Timestamp, byte[] Payload);

/// <summary>
/// Reads the stream of a session event by event. The metadata ids of each session get an offset of their own, because every session numbers its event
/// types from 1. In format 6 the same holds for threads.
/// </summary>
internal sealed class SymbolReader(DiagnosticSession session, int metadataIdOffset)
{
    /// <summary>Added to the metadata ids of the symbol session.</summary>
    public const int RunningOffset = 0x7C000000;

    /// <summary>Added to the metadata ids of a data session that replaces another.</summary>
    public const int SuccessorOffset = 0x7A000000;

    /// <summary>Added to the metadata ids of the rundown at the start.</summary>
    public const int FirstRundownOffset = 0x7D000000;

    /// <summary>Added to the metadata ids of the rundown at the end.</summary>
    public const int LastRundownOffset = 0x7B000000;

    /// <summary>The event type of each metadata id in the recording.</summary>
    public Dictionary<int, EventKind> Kinds { get; } = [];

    private ulong ThreadOffset => session.Blocks.Framing == NettraceFraming.Blocks ? (ulong)metadataIdOffset << 8 : 0;

    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="onDeclaration">Receives each metadata or thread block, renumbered, before the first event that needs it.</param>
    /// <param name="onEvent">Receives each event, renumbered.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Whether the stream ended with an end mark.</returns>
    public async Task<bool> ReadToEndAsync(Action<NettraceBlock> onDeclaration, Action<SymbolEvent> onEvent, CancellationToken cancellation)
    {
        try
        {
            await session.Blocks.ReadHeaderAsync(cancellation);
            while (await session.Blocks.ReadBlockAsync(cancellation) is { } block)
            {
                if (block.Kind == BlockKind.Metadata)
                    onDeclaration(Declare(block));
                else if (block.Kind == BlockKind.Thread)
                    onDeclaration(block with { Payload = ThreadDeclarations.Renumber(block.Payload.Span, ThreadOffset) });
                else if (block.Kind == BlockKind.Event)
                    ReadEvents(block.Payload.Span, onEvent);
            }
        }
        catch (Exception exception) when (exception is IOException or NettraceException)
        {
            // The target has exited, or the stream is damaged: the remaining names are missing.
        }

        return session.Blocks.EndedCleanly;
    }

    private NettraceBlock Declare(in NettraceBlock block)
    {
        EventMetadata.Read(session.Blocks.Framing, block.Payload.Span, type => Kinds[type.MetadataId + metadataIdOffset] = type.Kind);
        return block with { Payload = EventMetadata.Renumber(session.Blocks.Framing, block.Payload.Span, metadataIdOffset) };
    }

    private void ReadEvents(ReadOnlySpan<byte> block, Action<SymbolEvent> onEvent)
    {
        var events = new EventBlockReader(session.Blocks.Framing, block);
        while (events.Read())
        {
            var header = events.Header;
            onEvent(new SymbolEvent(header.MetadataId + metadataIdOffset, header.Thread + ThreadOffset, header.Timestamp, events.Payload.ToArray()));
        }
    }
}
