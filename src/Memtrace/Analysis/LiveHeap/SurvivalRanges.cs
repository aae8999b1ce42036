using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// What a collection's ranges say about the tracked objects: where each goes that they cover, and which others are written over. Moves take effect
/// together, for a place that one object leaves is where another may go.
/// </summary>
internal sealed class SurvivalRanges
{
    private ulong[] _addresses = [];
    private ulong[] _destinations = [];
    private bool[] _overwritten = [];
    private int _count;
    private int _source;
    private int _target;

    /// <summary>Whether a collection's ranges are being gathered.</summary>
    public bool Active { get; private set; }

    /// <summary>Begins with objects whose addresses ascend.</summary>
    public void Begin(ReadOnlySpan<TrackedObject> ascending)
    {
        _count = ascending.Length;
        if (_addresses.Length < _count)
        {
            var room = Math.Max(1024, _count * 2);
            (_addresses, _destinations, _overwritten) = (new ulong[room], new ulong[room], new bool[room]);
        }

        for (var i = 0; i < _count; i++)
            _addresses[i] = ascending[i].Address;
        Array.Clear(_destinations, 0, _count);
        Array.Clear(_overwritten, 0, _count);
        _source = _target = 0;
        Active = true;
    }

    /// <summary>The ranges have been applied.</summary>
    public void End() => Active = false;

    /// <summary>Where an object is after the collection, or null where no range covers it.</summary>
    public ulong? Destination(int index) => _destinations[index] is not 0 and var address ? address : null;

    /// <summary>Whether something was moved to where an object is.</summary>
    public bool IsOverwritten(int index) => _overwritten[index];

    /// <summary>What the ranges cover stays where it is.</summary>
    public void Survive(ReadOnlySpan<SurvivingRange> ranges)
    {
        foreach (ref readonly var range in ranges)
        {
            var end = range.Start + range.Length;
            for (var i = Seek(ref _source, range.Start); i < _count && _addresses[i] < end; i++)
                _destinations[i] = _addresses[i];
        }
    }

    /// <summary>What the ranges cover moves.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="objects">The objects that <see cref="Begin"/> was given.</param>
    public void Move(ReadOnlySpan<MovedRange> ranges, ReadOnlySpan<TrackedObject> objects)
    {
        foreach (ref readonly var range in ranges)
        {
            var end = range.From + range.Length;
            for (var i = Seek(ref _source, range.From); i < _count && _addresses[i] < end; i++)
                _destinations[i] = range.To + (_addresses[i] - range.From);
            Overwrite(range.To, range.To + range.Length, objects);
        }
    }

    private void Overwrite(ulong start, ulong end, ReadOnlySpan<TrackedObject> objects)
    {
        var i = Seek(ref _target, start);
        if (i > 0 && objects[i - 1].End > start)
            _overwritten[i - 1] = true;
        for (; i < _count && _addresses[i] < end; i++)
            _overwritten[i] = true;
    }

    /// <summary>The first object at or above an address. Ranges come in ascending runs, so the last place is tried first.</summary>
    private int Seek(ref int finger, ulong address)
    {
        if ((finger == 0 || _addresses[finger - 1] < address) && (finger == _count || _addresses[finger] >= address))
            return finger;
        var index = Array.BinarySearch(_addresses, 0, _count, address);
        return finger = index >= 0 ? index : ~index;
    }
}
