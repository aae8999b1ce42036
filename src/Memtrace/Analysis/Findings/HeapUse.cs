using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>How much of the GC heap is in use: only a collection shows that. A memory map snapshot may be older than the first one.</summary>
internal static class HeapUse
{
    /// <summary>Says that it is unknown.</summary>
    public const string Unknown = "is in use is unknown: there was no collection during the recording.";

    /// <summary>Whether it is unknown.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="last">Its last memory map snapshot.</param>
    public static bool IsUnknown(MemoryProfile profile, MemoryBreakdown last) => last.GcHeap is null && profile.Heap.IsEmpty;
}
