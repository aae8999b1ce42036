using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// What a collection's ranges mean for the tracked objects: the new address of each one they cover, and which others are overwritten. Moves take effect
/// together, because one object can move to where another was.
/// </summary>
internal sealed class SurvivalRanges
{
    private ulong[] _addresses = [];
    private ulong[] _destinations = [];
    private bool[] _overwritten = [];
    private int _count;
    private int _source;
    private int _target;

    /// <summary>Whether ranges of a collection are being collected.</summary>
    public bool Active { get; private set; }

    /// <summary>Starts with objects in order of address.</summary>
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

    /// <summary>The address of an object after the collection; null if no range covers it.</summary>
    public ulong? Destination(int index) => _destinations[index] is not 0 and var address ? address : null;

    /// <summary>Whether another object was moved over it.</summary>
    public bool IsOverwritten(int index) => _overwritten[index];

    /// <summary>Objects that the ranges cover stay in place.</summary>
    public void Survive(ReadOnlySpan<SurvivingRange> ranges)
    {
        foreach (ref readonly var range in ranges)
        {
            var end = range.Start + range.Length;
            for (var i = Seek(ref _source, range.Start); i < _count && _addresses[i] < end; i++)
                _destinations[i] = _addresses[i];
        }
    }

    /// <summary>Objects that the ranges cover move.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="objects">The objects passed to <see cref="Begin"/>.</param>
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

    /// <summary>The first object at or above an address. Ranges arrive in ascending runs, so the last position is tried first.</summary>
    private int Seek(ref int cursor, ulong address)
    {
        if ((cursor == 0 || _addresses[cursor - 1] < address) && (cursor == _count || _addresses[cursor] >= address))
            return cursor;
        var index = Array.BinarySearch(_addresses, 0, _count, address);
        return cursor = index >= 0 ? index : ~index;
    }
}
