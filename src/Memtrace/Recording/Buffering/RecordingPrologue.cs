using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// The content of evicted blocks that later blocks depend on: declarations of events and threads, the stacks since the last sequence point, names of
/// methods, and the recorder's description of the process.
/// </summary>
/// <param name="framing">The recording's framing.</param>
internal sealed class RecordingPrologue(NettraceFraming framing)
{
    /// <summary>For programs that generate and unload code forever, the oldest names are dropped; the rundown at the end names what still exists.</summary>
    private const long MaxNamesSize = 32 << 20;

    /// <summary>What a name takes in memory beside its payload.</summary>
    private const int NameOverhead = 64;

    private readonly List<NettraceBlock> _declarations = [];
    private readonly List<NettraceBlock> _stacks = [];
    private readonly Queue<SymbolEvent> _names = new();
    private readonly List<SymbolEvent> _notes = [];
    private readonly Dictionary<ulong, uint> _sequenceNumbers = [];
    private long _namesSize;

    /// <summary>The blocks that declare event types or threads.</summary>
    public IReadOnlyList<NettraceBlock> Declarations => _declarations;

    /// <summary>The stack blocks that later events refer to.</summary>
    public IReadOnlyList<NettraceBlock> Stacks => _stacks;

    /// <summary>The events that name code, and the recorder's description of the process, in order.</summary>
    public IReadOnlyCollection<SymbolEvent> Names => [.. _notes, .. _names];

    /// <summary>
    /// The last evicted sequence number of each thread; format 6 only, where readers count events as lost if a thread does not start at 1.
    /// </summary>
    public IReadOnlyDictionary<ulong, uint> SequenceNumbers => _sequenceNumbers;

    /// <summary>The latest timestamp of any evicted event, in ticks; 0 if there is none.</summary>
    public long EndTimestamp { get; set; }

    /// <summary>Whether parts of a block are needed after its eviction.</summary>
    public bool Needs(BlockKind kind, ReadOnlySpan<byte> payload) =>
        kind != BlockKind.Event || framing == NettraceFraming.Blocks || MergedEvents.IsMerged(framing, payload);

    /// <summary>Takes what is needed of an evicted block.</summary>
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
            if (IsNote(e.MetadataId))
                _notes.Add(e);
            else if (e.MetadataId < RecorderEvents.FirstMetadataId)
                AddName(e);
        }
    }

    private void AddName(SymbolEvent e)
    {
        _names.Enqueue(e);
        _namesSize += e.Payload.Length + NameOverhead;
        while (_namesSize > MaxNamesSize)
            _namesSize -= _names.Dequeue().Payload.Length + NameOverhead;
    }

    private void Count(EventBlockReader events)
    {
        while (events.Read())
            _sequenceNumbers[events.Header.CaptureThread] = events.Header.SequenceNumber;
    }

    // Samples of the operating system's figures only matter at their time. A recording has one event of each kind of note at most.
    private static bool IsNote(int metadataId) =>
        metadataId == RecorderEvents.MetadataId(RecorderEvent.Process) || metadataId == RecorderEvents.MetadataId(RecorderEvent.SurvivalStopped);
}
