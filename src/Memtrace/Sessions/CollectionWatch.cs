using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Sessions;

/// <summary>
/// Picks the first induced full, blocking collection out of a stream of events, and notices when the finalizers of what it found dead have run.
/// </summary>
internal sealed class CollectionWatch : RecordingVisitor
{
    private readonly TaskCompletionSource _queueEmptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _suspended;
    private int? _number;
    private bool _ended;
    private GenerationBytes _sizeBefore, _freeBefore, _size, _free;
    private long? _committedBefore, _committed, _finalizable, _finalizableBytes, _queuedBytes;
    private long _finalized;

    /// <summary>The collection; null until the program has resumed after it.</summary>
    public FullCollection? Result { get; private set; }

    /// <summary>Whether such a collection has begun.</summary>
    public bool HasBegun => _number is not null;

    /// <summary>Whether the finalizers of what it found dead have run.</summary>
    public bool HaveFinalizersRun => Result is not null && _finalized > 0 && _finalized >= _finalizable;

    /// <summary>Completes when the finalizer thread has emptied its queue, before the collection or after it.</summary>
    public Task QueueEmptied => _queueEmptied.Task;

    private bool IsRunning => _number is not null && !_ended;

    public override void Visit(in SuspensionBegin suspension)
    {
        if (_number is null)
            _suspended = suspension.Seconds;
    }

    public override void Visit(in CollectionStart start)
    {
        if (_number is null && start is { Generation: 2, Kind: not CollectionKind.Background } && ((CollectionReason)start.Reason).IsInduced())
            _number = start.Number;
    }

    // Sent at the start and at the end of the collection.
    public override void Visit(in CommittedUsage usage)
    {
        if (!IsRunning)
            return;
        _committedBefore ??= usage.HeapBytes;
        _committed = usage.HeapBytes;
    }

    public override void Visit(in HeapHistory history)
    {
        if (!IsRunning)
            return;
        _sizeBefore += history.SizeBefore;
        _freeBefore += history.FreeBefore;
        _size += history.Size;
        _free += history.Free;
    }

    // Sent by each of the collector's heaps.
    public override void Visit(in MarkedRoots roots)
    {
        if (!IsRunning || roots.Bytes is not { } bytes)
            return;
        if (roots.Kind == MarkedRootKind.FinalizerQueue)
            _queuedBytes = (_queuedBytes ?? 0) + bytes;
        else if (roots.Kind == MarkedRootKind.NewInFinalizerQueue)
            _finalizableBytes = (_finalizableBytes ?? 0) + bytes;
    }

    public override void Visit(in CollectionEnd end) => _ended |= end.Number == _number;

    // Sent after the end of each collection, before the program resumes.
    public override void Visit(in HeapStatistics statistics)
    {
        if (_ended && Result is null)
            _finalizable = statistics.FinalizationSurvivors;
    }

    public override void Resumed(double seconds)
    {
        if (!_ended)
            return;
        Result ??= new FullCollection(1000 * (seconds - _suspended), new(_sizeBefore, _freeBefore, _committedBefore), new(_size, _free, _committed))
        {
            FinalizableObjects = _finalizable,
            FinalizableBytes = _finalizableBytes,
            QueuedBytes = _queuedBytes,
        };
    }

    public override void Visit(in FinalizersEnd end)
    {
        if (end.Count > 0)
            _queueEmptied.TrySetResult();
        if (_ended)
            _finalized += end.Count;
    }
}
