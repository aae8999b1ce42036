using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// Makes a recording of blocks that a merger once wrote: the data session's pass through again, the merger's own are taken apart and merged anew. So the
/// numbers that readers find lost events by fit, and time begins where the first of these blocks does.
/// </summary>
internal sealed class RecordingReplay : IDisposable
{
    private readonly NettraceFraming _framing;
    private readonly int _processId;
    private readonly long _start;
    private readonly RecordingMerger _merger;
    private readonly List<SymbolEvent> _listed = [];
    private BlockRenumberer? _renumberer;

    /// <param name="file">The file; it is closed with this object.</param>
    /// <param name="beginning">What the stream began with.</param>
    /// <param name="start">When the recording begins, in ticks.</param>
    public RecordingReplay(FileStream file, StreamBeginning beginning, long start)
    {
        (_framing, _start) = (beginning.Framing, start);
        _processId = TraceObject.Parse(_framing, beginning.Trace).ProcessId;
        var later = beginning with { Trace = TraceObject.WithStart(_framing, beginning.Trace, start) };
        _merger = new RecordingMerger(RecordingFile.Begin(file, later), _framing, _processId);
    }

    /// <summary>Adds what blocks that are gone have left.</summary>
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

    /// <summary>Ends the recording with the names of all methods, for TraceLog finds precompiled ones only behind the stacks.</summary>
    /// <param name="timestamp">When, in ticks.</param>
    /// <param name="rundown">The methods; null to list those again that were listed before.</param>
    /// <param name="end">How it ends.</param>
    /// <returns>The recording's size in bytes.</returns>
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

    // The merger has made its own declarations already; twice is an error to readers.
    private void Declare(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (!payload.SequenceEqual(RecorderEvents.Declare(_framing)) && !payload.SequenceEqual(RecordingMerger.DeclareThread(_processId)))
            _merger.Declare(new NettraceBlock(kind, payload.ToArray()));
    }
}
