using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// The content of evicted blocks that later blocks depend on: declarations of events and threads, the stacks since the last sequence point, names of
/// methods, and the recorder's description of the process.
/// </summary>
/// <param name="framing">The recording's framing.</param>
/// <param name="ticksPerSecond">The unit of its times.</param>
internal sealed class RecordingPrologue(NettraceFraming framing, long ticksPerSecond) : IDisposable
{
    /// <summary>Events of a thread are written when its buffer is full, or after a second or two.</summary>
    private const int SettlingSeconds = 5;

    private readonly List<NettraceBlock> _declarations = [];
    private readonly List<NettraceBlock> _stacks = [];
    private readonly EvictedNames _names = new(SettlingSeconds * ticksPerSecond);
    private readonly List<SymbolEvent> _notes = [];
    private readonly Dictionary<ulong, uint> _sequenceNumbers = [];

    /// <summary>The blocks that declare event types or threads.</summary>
    public IReadOnlyList<NettraceBlock> Declarations => _declarations;

    /// <summary>The stack blocks that later events refer to.</summary>
    public IReadOnlyList<NettraceBlock> Stacks => _stacks;

    /// <summary>The events that name code, and the recorder's description of the process, in order.</summary>
    public IEnumerable<SymbolEvent> Names => _notes.Concat(_names.Events);

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
                if (kind == BlockKind.Metadata)
                    _names.Declare(framing, payload);
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

    public void Dispose() => _names.Dispose();

    private void AddEvents(byte[] payload)
    {
        if (framing == NettraceFraming.Blocks && !MergedEvents.IsMerged(framing, payload))
            Count(new EventBlockReader(framing, payload));
        foreach (var e in MergedEvents.Of(framing, payload))
        {
            if (IsNote(e.MetadataId))
                _notes.Add(e);
            else if (e.MetadataId < RecorderEvents.FirstMetadataId)
                _names.Add(e);
        }
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
