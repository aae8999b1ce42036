namespace Memtrace.Analysis.LiveHeap;

/// <summary>A copy of the tracked objects at one time.</summary>
internal sealed class HeapCopy
{
    private TrackedObject[] _items = [];
    private int _count;

    /// <summary>The time, in seconds after the start of the recording.</summary>
    public double AtSeconds { get; private set; }

    /// <summary>Bytes allocated by then, by the ledger's numbers.</summary>
    public double[] AllocatedBytes { get; private set; } = [];

    /// <summary>The objects. They can include objects born later, because a copy is deferred until an object is about to be removed.</summary>
    public ReadOnlySpan<TrackedObject> Items => _items.AsSpan(0, _count);

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="numbers">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    public void Renumber(int[] numbers, int count)
    {
        foreach (ref var item in _items.AsSpan(0, _count))
            item.Site = numbers[item.Site];
        AllocatedBytes = SiteLedger.Renumber(AllocatedBytes, numbers, count);
    }

    /// <summary>Replaces the copy.</summary>
    public void Take(double seconds, TrackedObjects objects, SiteLedger ledger)
    {
        AtSeconds = seconds;
        _count = objects.CopyTo(ref _items);
        AllocatedBytes = ledger.AllocatedBytes();
    }
}
