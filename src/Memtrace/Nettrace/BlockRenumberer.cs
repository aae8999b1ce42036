namespace Memtrace.Nettrace;

/// <summary>
/// Rewrites the blocks of a session so that they can follow those of an earlier session in the same file: both number their event types from 1, and both
/// count the events of the same threads. Stacks need no change: a sequence point between the two sessions ends the earlier ids.
/// </summary>
/// <param name="framing">The framing of both sessions.</param>
/// <param name="metadataIdOffset">Added to metadata ids.</param>
/// <param name="after">Events up to this time, in ticks, are skipped: the earlier session has them.</param>
internal sealed class BlockRenumberer(NettraceFraming framing, int metadataIdOffset, long after)
{
    /// <summary>Added to capture thread ids; larger than any operating system's thread id.</summary>
    private const ulong ThreadOffset = 1UL << 40;

    /// <summary>Events skipped by thread. Sequence numbers are lowered by as many, or the skipped events would be counted as lost.</summary>
    private readonly Dictionary<ulong, uint> _leftOut = [];

    private readonly ulong _threadOffset = ThreadOffset;

    /// <summary>For the remainder of a session whose first events were evicted: only sequence numbers change, so that those of each thread start at 1 again.</summary>
    /// <param name="framing">The framing.</param>
    /// <param name="gone">The last evicted sequence number of each thread.</param>
    public BlockRenumberer(NettraceFraming framing, IReadOnlyDictionary<ulong, uint> gone)
        : this(framing, metadataIdOffset: 0, after: long.MinValue) => (_leftOut, _threadOffset) = (new Dictionary<ulong, uint>(gone), 0);

    /// <summary>Rewrites a block of the later session. The result may be several blocks, or none if all of its events were skipped.</summary>
    public IReadOnlyList<NettraceBlock> Renumber(in NettraceBlock block) => block.Kind switch
    {
        BlockKind.Event => RenumberEvents(block.Payload.Span),
        BlockKind.Metadata => [block with { Payload = EventMetadata.Renumber(framing, block.Payload.Span, metadataIdOffset) }],
        BlockKind.SequencePoint => [block with { Payload = new SequencePoint(framing, block.Payload.Span).Renumber((thread, number) => (thread + _threadOffset, number - LeftOut(thread))) }],
        BlockKind.Stack => [block],
        BlockKind.Thread => [block with { Payload = ThreadDeclarations.Renumber(block.Payload.Span, _threadOffset) }],

        // The file already has a trace block. Removed threads and label lists (format 6) would need renumbering, and no reader needs them.
        _ => [],
    };

    private List<NettraceBlock> RenumberEvents(ReadOnlySpan<byte> block)
    {
        var events = new EventBlockReader(framing, block);
        var blocks = new List<NettraceBlock>();
        var renumbered = new EventBlockWriter();
        while (events.Read())
        {
            var header = events.Header;

            // A sorted event starts a run of one thread's events. If it is skipped, the rest of the run needs its own block: the first
            // event of a block also starts a run, and need not be sorted.
            if (header.IsSorted && header.Timestamp <= after && !renumbered.IsEmpty)
                blocks.Add(new NettraceBlock(BlockKind.Event, renumbered.Complete()));
            if (header.Timestamp > after)
                renumbered.Add(Renumber(header), events.Payload);
            else
                _leftOut[header.CaptureThread] = LeftOut(header.CaptureThread) + 1;
        }

        if (!renumbered.IsEmpty)
            blocks.Add(new NettraceBlock(BlockKind.Event, renumbered.Complete()));
        return blocks;
    }

    private EventHeader Renumber(EventHeader header)
    {
        header.MetadataId += metadataIdOffset;
        header.SequenceNumber -= LeftOut(header.CaptureThread);
        header.CaptureThread += _threadOffset;
        if (framing == NettraceFraming.Blocks)
            header.Thread += _threadOffset;
        return header;
    }

    private uint LeftOut(ulong thread) => _leftOut.GetValueOrDefault(thread);
}
