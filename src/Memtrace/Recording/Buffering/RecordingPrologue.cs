using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// What of a recording's first blocks the rest cannot be read without, when these blocks are gone: the declarations of events and threads, the stacks since
/// the last sequence point, the names of methods, and what the recorder says of the process.
/// </summary>
/// <param name="framing">The recording's framing.</param>
internal sealed class RecordingPrologue(NettraceFraming framing)
{
    /// <summary>Of programs that make and drop code without end the oldest names go; what still runs is named by the rundown at the end.</summary>
    private const long MaxNamesSize = 32 << 20;

    private readonly List<NettraceBlock> _declarations = [];
    private readonly List<NettraceBlock> _stacks = [];
    private readonly Queue<SymbolEvent> _names = new();
    private readonly Dictionary<ulong, uint> _sequenceNumbers = [];
    private long _namesSize;

    /// <summary>The blocks that declare kinds of events or threads.</summary>
    public IReadOnlyList<NettraceBlock> Declarations => _declarations;

    /// <summary>The blocks of stacks that later events refer to.</summary>
    public IReadOnlyList<NettraceBlock> Stacks => _stacks;

    /// <summary>The events that name code, and the recorder's notes, in their order.</summary>
    public IReadOnlyCollection<SymbolEvent> Names => _names;

    /// <summary>
    /// The last sequence number of each thread that is gone, in format 6 alone: there a reader takes a thread that does not begin with 1 for one that lost events.
    /// </summary>
    public IReadOnlyDictionary<ulong, uint> SequenceNumbers => _sequenceNumbers;

    /// <summary>The latest time of any event that is gone, in ticks; 0 while none is.</summary>
    public long EndTimestamp { get; set; }

    /// <summary>Whether something of a block is needed when it has gone.</summary>
    public bool Needs(BlockKind kind, ReadOnlySpan<byte> payload) =>
        kind != BlockKind.Event || framing == NettraceFraming.Blocks || MergedEvents.IsMerged(framing, payload);

    /// <summary>A block goes, of which something is needed.</summary>
    public void Add(BlockKind kind, byte[] payload)
    {
        switch (kind)
        {
            case BlockKind.Metadata or BlockKind.Thread:
                _declarations.Add(new NettraceBlock(kind, payload));
                break;
            case BlockKind.Stack:
                _stacks.Add(new NettraceBlock(kind, payload));
                break;
            case BlockKind.SequencePoint:
                _stacks.Clear();
                break;
            case BlockKind.Event:
                AddEvents(payload);
                break;
        }
    }

    private void AddEvents(byte[] payload)
    {
        if (framing == NettraceFraming.Blocks && !MergedEvents.IsMerged(framing, payload))
            Count(new EventBlockReader(framing, payload));
        foreach (var e in MergedEvents.Of(framing, payload))
        {
            if (!IsNeededLater(e.MetadataId))
                continue;
            _names.Enqueue(e);
            _namesSize += e.Payload.Length;
        }

        while (_namesSize > MaxNamesSize)
            _namesSize -= _names.Dequeue().Payload.Length;
    }

    private void Count(EventBlockReader events)
    {
        while (events.Read())
            _sequenceNumbers[events.Header.CaptureThread] = events.Header.SequenceNumber;
    }

    // Readings of the operating system are of their moment only.
    private static bool IsNeededLater(int metadataId) =>
        metadataId < RecorderEvents.MetadataId(RecorderEvent.Process)
        || metadataId == RecorderEvents.MetadataId(RecorderEvent.Process)
        || metadataId == RecorderEvents.MetadataId(RecorderEvent.SurvivalStopped);
}
