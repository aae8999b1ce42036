using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// Builds a recording from blocks that a merger wrote earlier: those of the data session pass through, the merger's own are taken apart and merged again,
/// so that sequence numbers are consistent and time starts with the first of these blocks.
/// </summary>
internal sealed class RecordingReplay : IDisposable
{
    private readonly NettraceFraming _framing;
    private readonly int _processId;
    private readonly long _start;
    private readonly RecordingMerger _merger;
    private readonly List<SymbolEvent> _listed = [];
    private BlockRenumberer? _renumberer;

    /// <summary>Starts the recording.</summary>
    /// <param name="file">The file; closed with this object.</param>
    /// <param name="beginning">The start of the original stream.</param>
    /// <param name="start">Start of the recording, in ticks.</param>
    public RecordingReplay(FileStream file, StreamBeginning beginning, long start)
    {
        (_framing, _start) = (beginning.Framing, start);
        _processId = TraceObject.Parse(_framing, beginning.Trace).ProcessId;
        var later = beginning with { Trace = TraceObject.WithStart(_framing, beginning.Trace, start) };
        _merger = new RecordingMerger(RecordingFile.Begin(file, later), _framing, _processId);
    }

    /// <summary>Adds what is needed of evicted blocks.</summary>
    public void Add(RecordingPrologue prologue)
    {
        foreach (var block in prologue.Declarations)
            Declare(block.Kind, block.Payload.Span);
        foreach (var e in prologue.Names)
            Queue(e);
        _merger.WriteUpTo(_start);
        foreach (var block in prologue.Stacks)
            _merger.AddData(block);
        if (_framing == NettraceFraming.Blocks)
            _renumberer = new BlockRenumberer(_framing, prologue.SequenceNumbers);
    }

    /// <summary>Adds a block.</summary>
    public void Add(BlockKind kind, byte[] payload)
    {
        if (kind is BlockKind.Metadata or BlockKind.Thread)
        {
            Declare(kind, payload);
        }
        else if (kind == BlockKind.Event && MergedEvents.IsMerged(_framing, payload))
        {
            foreach (var e in MergedEvents.Of(_framing, payload))
                Queue(e);
        }
        else
        {
            var block = new NettraceBlock(kind, payload);
            foreach (var renumbered in _renumberer?.Renumber(block) ?? [block])
                _merger.AddData(renumbered);
        }
    }

    /// <summary>Ends the recording with the names of all methods, because TraceLog resolves precompiled ones only from names after the stacks.</summary>
    /// <param name="timestamp">The time, in ticks.</param>
    /// <param name="rundown">The methods; null to repeat those listed before.</param>
    /// <param name="end">How it ends.</param>
    /// <returns>Size of the recording in bytes.</returns>
    /// <exception cref="IOException">The disk is full.</exception>
    public long End(long timestamp, Rundown? rundown, RecordingEnd end)
    {
        foreach (var block in rundown?.Declarations ?? [])
            _merger.Declare(block);
        foreach (var e in rundown?.Events ?? _listed)
            _merger.Queue(e with { Timestamp = timestamp });
        _merger.End(timestamp, end.ToEvent().Write());
        _merger.Sync();
        return _merger.Failure is { } failure ? throw failure : _merger.Length;
    }

    public void Dispose() => _merger.Dispose();

    private void Queue(in SymbolEvent e)
    {
        if (e.MetadataId is >= SymbolReader.FirstRundownOffset and < RecorderEvents.FirstMetadataId)
            _listed.Add(e);
        if (e.MetadataId != RecorderEvents.MetadataId(RecorderEvent.End))
            _merger.Queue(e with { Timestamp = Math.Max(e.Timestamp, _start) });
    }

    // The merger has already written its own declarations, and readers reject duplicates.
    private void Declare(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (!payload.SequenceEqual(RecorderEvents.Declare(_framing)) && !payload.SequenceEqual(RecordingMerger.DeclareThread(_processId)))
            _merger.Declare(new NettraceBlock(kind, payload.ToArray()));
    }
}
