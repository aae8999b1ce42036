using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Sessions;

/// <summary>Takes one full, blocking collection that was asked for out of a stream of events: the first.</summary>
internal sealed class CollectionWatch : RecordingVisitor
{
    private double _suspended;
    private int? _number;
    private bool _ended;
    private GenerationBytes _sizeBefore, _freeBefore, _size, _free;
    private long? _committedBefore, _committed;

    /// <summary>The collection, or null as long as the program has not gone on after it.</summary>
    public FullCollection? Result { get; private set; }

    private bool IsUnderWay => _number is not null && !_ended;

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

    // The runtime says it at the collection's beginning and once more at its end.
    public override void Visit(in CommittedUsage usage)
    {
        if (!IsUnderWay)
            return;
        _committedBefore ??= usage.HeapBytes;
        _committed = usage.HeapBytes;
    }

    public override void Visit(in HeapHistory history)
    {
        if (!IsUnderWay)
            return;
        _sizeBefore += history.SizeBefore;
        _freeBefore += history.FreeBefore;
        _size += history.Size;
        _free += history.Free;
    }

    public override void Visit(in CollectionEnd end) => _ended |= end.Number == _number;

    public override void Resumed(double seconds)
    {
        if (_ended)
            Result ??= new FullCollection(1000 * (seconds - _suspended), new(_sizeBefore, _freeBefore, _committedBefore), new(_size, _free, _committed));
    }
}
