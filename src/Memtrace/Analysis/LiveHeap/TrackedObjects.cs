using System.Runtime.InteropServices;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// The tracked objects: those sorted by address, and those added or moved since, which <see cref="Settle"/> merges in. So a collection of
/// generation 0 sorts only the young objects.
/// </summary>
internal sealed class TrackedObjects
{
    private readonly List<TrackedObject> _loose = [];
    private TrackedObject[] _settled = [];
    private TrackedObject[] _spare = [];
    private ulong[] _addresses = [];
    private int[] _order = [];
    private int _count;

    /// <summary>The number of objects.</summary>
    public int Count => _count + _loose.Count;

    /// <summary>The objects sorted by address.</summary>
    public Span<TrackedObject> Settled => _settled.AsSpan(0, _count);

    /// <summary>The objects that are not sorted yet.</summary>
    public Span<TrackedObject> Loose => CollectionsMarshal.AsSpan(_loose);

    /// <summary>Adds an object.</summary>
    public void Add(in TrackedObject item) => _loose.Add(item);

    /// <summary>
    /// Sorts all by address. Of two that overlap, the older one is dead: its memory was reused.
    /// </summary>
    /// <param name="overwritten">Called for each dead object.</param>
    public void Settle(Action<TrackedObject> overwritten)
    {
        if (_loose.Count == 0)
            return;
        Order();
        if (_spare.Length < Count)
            _spare = new TrackedObject[Count * 2];
        var merged = Merge(_spare, overwritten);
        (_settled, _spare) = (_spare, _settled);
        _count = merged;
        _loose.Clear();
    }

    /// <summary>Keeps the objects for which <paramref name="keep"/> returns true; it may change an object, except for the address of a sorted one.</summary>
    public void Filter(Keep keep)
    {
        _count = Filter(Settled, keep);
        CollectionsMarshal.SetCount(_loose, Filter(Loose, keep));
    }

    /// <summary>Removes sorted objects that are not kept, and moves those with a new address to the unsorted ones.</summary>
    /// <param name="decide">Decides by position whether to keep an object, and sets its new address.</param>
    public void Rearrange(Decide decide)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            ref var item = ref _settled[i];
            var address = item.Address;
            if (!decide(i, ref item))
                continue;
            if (item.Address != address)
                _loose.Add(item);
            else
                _settled[kept++] = item;
        }

        _count = kept;
    }

    /// <summary>Copies all objects.</summary>
    /// <returns>Their number.</returns>
    public int CopyTo(ref TrackedObject[] copy)
    {
        if (copy.Length < Count)
            copy = new TrackedObject[Count + (Count / 2)];
        Settled.CopyTo(copy);
        Loose.CopyTo(copy.AsSpan(_count));
        return Count;
    }

    /// <summary>Whether to keep an object.</summary>
    public delegate bool Keep(ref TrackedObject item);

    /// <summary>Whether to keep the object at a position.</summary>
    public delegate bool Decide(int index, ref TrackedObject item);

    /// <summary>Finds the order of the unsorted objects by address: the objects themselves are too large to be moved by a sort.</summary>
    private void Order()
    {
        var loose = Loose;
        if (_order.Length < loose.Length)
            (_addresses, _order) = (new ulong[loose.Length * 2], new int[loose.Length * 2]);
        for (var i = 0; i < loose.Length; i++)
            (_addresses[i], _order[i]) = (loose[i].Address, i);
        _addresses.AsSpan(0, loose.Length).Sort(_order.AsSpan(0, loose.Length));
    }

    private int Merge(TrackedObject[] target, Action<TrackedObject> overwritten)
    {
        var loose = Loose;
        var (count, old, young) = (0, 0, 0);
        while (old < _count || young < loose.Length)
        {
            var next = young == loose.Length || (old < _count && _settled[old].Address <= _addresses[young]) ? _settled[old++] : loose[_order[young++]];
            if (count == 0 || target[count - 1].End <= next.Address)
            {
                target[count++] = next;
            }
            else if (next.Born >= target[count - 1].Born)
            {
                overwritten(target[count - 1]);
                target[count - 1] = next;
            }
            else
            {
                overwritten(next);
            }
        }

        return count;
    }

    private static int Filter(Span<TrackedObject> items, Keep keep)
    {
        var kept = 0;
        foreach (ref var item in items)
        {
            if (keep(ref item))
                items[kept++] = item;
        }

        return kept;
    }
}
