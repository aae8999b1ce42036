namespace Memtrace.Nettrace;

/// <summary>
/// Makes the blocks of a session fit behind those of an earlier session in the same file: both count their kinds of events from 1, and both know
/// the same threads with sequence numbers of their own. Stacks need nothing: a sequence point between the two sessions ends the earlier ids.
/// </summary>
/// <param name="framing">The framing of both sessions.</param>
/// <param name="metadataIdOffset">Added to metadata ids.</param>
/// <param name="after">Events at this time or before, in ticks, are left out: the earlier session has them.</param>
internal sealed class BlockRenumberer(NettraceFraming framing, int metadataIdOffset, long after)
{
    /// <summary>Added to the threads that sequence numbers belong to; more than any operating system's thread id.</summary>
    private const ulong ThreadOffset = 1UL << 40;

    /// <summary>How many events of a thread were left out: its sequence numbers go down by as many, or they would look lost.</summary>
    private readonly Dictionary<ulong, uint> _leftOut = [];

    private readonly ulong _threadOffset = ThreadOffset;

    /// <summary>For the rest of a session whose first events are gone: only the sequence numbers change, so that each thread's begin at 1 again.</summary>
    /// <param name="framing">The framing.</param>
    /// <param name="gone">The last sequence number of each thread that is gone.</param>
    public BlockRenumberer(NettraceFraming framing, IReadOnlyDictionary<ulong, uint> gone)
        : this(framing, metadataIdOffset: 0, after: long.MinValue) => (_leftOut, _threadOffset) = (new Dictionary<ulong, uint>(gone), 0);

    /// <summary>The blocks that stand for a block of the later session; none where nothing of it is left.</summary>
    public IReadOnlyList<NettraceBlock> Renumber(in NettraceBlock block) => block.Kind switch
    {
        BlockKind.Event => RenumberEvents(block.Payload.Span),
        BlockKind.Metadata => [block with { Payload = EventMetadata.Renumber(framing, block.Payload.Span, metadataIdOffset) }],
        BlockKind.SequencePoint => [block with { Payload = new SequencePoint(framing, block.Payload.Span).Renumber((thread, number) => (thread + _threadOffset, number - LeftOut(thread))) }],
        BlockKind.Stack => [block],
        BlockKind.Thread => [block with { Payload = ThreadDeclarations.Renumber(block.Payload.Span, _threadOffset) }],

        // The trace is described already; removed threads and labels of format 6 would have to be renumbered, and nobody needs them here.
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

            // A sorted event begins a run of one thread's events. Where it is left out, the rest of its run gets a block of its own: a block's
            // first event tells the thread as well, and says nothing of order.
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
