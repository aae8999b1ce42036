using System.Collections.Immutable;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Keeps copies of the tracked objects after certain collections: those in which a heap snapshot was taken.</summary>
/// <param name="numbers">The runtime's numbers of these collections.</param>
internal sealed class CollectionCopies(ImmutableArray<int> numbers)
{
    private readonly SortedDictionary<int, HeapCopy> _copies = [];

    /// <summary>The copies by the numbers of their collections.</summary>
    public IReadOnlyDictionary<int, HeapCopy> Copies => _copies;

    /// <summary>A collection was applied.</summary>
    /// <param name="number">The runtime's number of it.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="heap">The objects after it.</param>
    public void Ended(int number, double seconds, TrackedHeap heap)
    {
        if (!numbers.Contains(number) || _copies.ContainsKey(number))
            return;
        var copy = new HeapCopy();
        copy.Take(seconds, heap.Objects, heap.Ledger);
        _copies.Add(number, copy);
    }

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="sites">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    public void Renumber(int[] sites, int count)
    {
        foreach (var copy in _copies.Values)
            copy.Renumber(sites, count);
    }
}
