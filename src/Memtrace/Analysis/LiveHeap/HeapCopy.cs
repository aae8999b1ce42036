namespace Memtrace.Analysis.LiveHeap;

/// <summary>The tracked objects at one moment, as they were.</summary>
internal sealed class HeapCopy
{
    private TrackedObject[] _items = [];
    private int _count;

    /// <summary>The moment, in seconds after the recording's beginning.</summary>
    public double AtSeconds { get; private set; }

    /// <summary>Bytes allocated by then, by type and stack as the ledger numbers them.</summary>
    public double[] AllocatedBytes { get; private set; } = [];

    /// <summary>The objects. One born after the moment can be among them, where the copy was put off until something was about to change.</summary>
    public ReadOnlySpan<TrackedObject> Items => _items.AsSpan(0, _count);

    /// <summary>Takes a copy in place of the last one.</summary>
    public void Take(double seconds, TrackedObjects objects, SiteLedger ledger)
    {
        AtSeconds = seconds;
        _count = objects.CopyTo(ref _items);
        AllocatedBytes = ledger.AllocatedBytes();
    }
}
