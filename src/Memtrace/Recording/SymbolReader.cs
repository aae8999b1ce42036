using Memtrace.Nettrace;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>An event of a session other than the data session, ready for the recording.</summary>
/// <param name="MetadataId">Its kind, in the recording's numbering.</param>
/// <param name="Thread">The thread that it came from. Which events of one thread follow each other has a meaning: a method's map follows its load.</param>
/// <param name="Timestamp">Its time in ticks.</param>
/// <param name="Payload">Its content.</param>
internal readonly record struct SymbolEvent(int MetadataId, ulong Thread, long Timestamp, byte[] Payload);

/// <summary>
/// Reads a session's stream event by event. Each session's metadata ids are raised by an offset of its own, because every session counts its
/// kinds of events from 1. Format 6 counts threads in the same way.
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

    private ulong ThreadOffset => session.Blocks.Framing == NettraceFraming.Blocks ? (ulong)metadataIdOffset << 8 : 0;

    /// <summary>Reads to the stream's end.</summary>
    /// <param name="onDeclaration">Receives each block of metadata or threads, renumbered, before the first event that needs it.</param>
    /// <param name="onEvent">Receives each event, renumbered.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether the stream came to a marked end.</returns>
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
            // The target is gone and the connection with it, or the stream is damaged: the rest of the names is missing.
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
