using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>The objects on the GC heap that are older than the recording, which therefore knows neither their types nor their call sites.</summary>
/// <param name="Bytes">Their size, at least.</param>
/// <param name="FullCollections">Full collections in the window.</param>
internal sealed record OlderHeap(long Bytes, int FullCollections)
{
    /// <summary>Whether a full collection in the window found them alive; otherwise some of them may be garbage.</summary>
    public bool Survived => FullCollections > 0;

    /// <summary>The older objects of a profile; null if the size of the heap, or what was allocated, is unknown.</summary>
    /// <param name="profile">The profile.</param>
    public static OlderHeap? Of(MemoryProfile profile)
    {
        var full = profile.Heap.Where(point => point.Generation == 2).ToList();
        var heap = (full.LastOrDefault() ?? profile.Heap.LastOrDefault())?.ObjectBytes ?? HeapOfBreakdown(profile);
        return heap is { } bytes && Recorded(profile) is { } recorded
            ? new OlderHeap(Math.Max(0, bytes - (long)(recorded.Bytes + recorded.ErrorBytes)), full.Count)
            : null;
    }

    // An estimate if allocations are sampled. Its error is added, so that the size of the older objects is a lower bound.
    private static Estimate? Recorded(MemoryProfile profile) => profile switch
    {
        { Live: { } live, Heap.IsEmpty: false } => live.End.Live,
        { Allocations: { IsKnown: true, Total: var total } } => total,
        _ => null,
    };

    // Without a collection in the window, the memory map still has the size of the heap, in use or not. Of several runtimes' heaps, it does not say which one is
    // the recorded runtime's, so that at least the smallest one is.
    private static long? HeapOfBreakdown(MemoryProfile profile) => profile.Breakdown is [.., var last] && last.Knows(MemoryCategory.GcHeap)
        ? last.Collector.Heaps is { Length: > 1 } heaps ? heaps.Min() : last[MemoryCategory.GcHeap]
        : null;
}
