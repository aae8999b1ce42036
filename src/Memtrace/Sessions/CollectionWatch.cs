using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Sessions;

/// <summary>Picks the first induced full, blocking collection out of a stream of events.</summary>
internal sealed class CollectionWatch : RecordingVisitor
{
    private double _suspended;
    private int? _number;
    private bool _ended;
    private GenerationBytes _sizeBefore, _freeBefore, _size, _free;
    private long? _committedBefore, _committed, _finalizable;

    /// <summary>The collection; null until the program has resumed after it.</summary>
    public FullCollection? Result { get; private set; }

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
        };
    }
}
