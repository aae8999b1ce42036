using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>
/// The results of the analysis of one recording (or from a window of it). Immutable, safe to share between threads.
/// </summary>
/// <param name="Process">The process that was recorded.</param>
/// <param name="Recording">The recording itself.</param>
/// <param name="Memory">Memory over the window: start, current, peak.</param>
/// <param name="Collections">Garbage collections that ended in the window.</param>
/// <param name="Allocations">Allocations in the window.</param>
/// <param name="Timeline">Memory over time, in time order.</param>
/// <param name="Live">The live heap; null if the recording has no survival data.</param>
public sealed record MemoryProfile(
    ProcessDescription Process,
    RecordingDescription Recording,
    MemorySummary Memory,
    CollectionSummary Collections,
    AllocationProfile Allocations,
    ImmutableArray<TimelinePoint> Timeline,
    LiveHeapProfile? Live = null)
{
    /// <summary>Snapshots of the resident set by category, in time order; empty if there are none.</summary>
    public ImmutableArray<MemoryBreakdown> Breakdown { get; init; } = [];

    /// <summary>
    /// The snapshot nearest to a window without one, in seconds after the start of the recording; null if the window has one, or the recording none.
    /// </summary>
    public double? NearestBreakdownSeconds { get; init; }

    /// <summary>How many snapshots of the memory map are missing, because they took too long or the process changed too much meanwhile.</summary>
    public int DroppedBreakdowns { get; init; }

    /// <summary>
    /// The last snapshot, if it still shows where the memory is: the resident set has not moved away from it since. Null if it has moved away, or there is
    /// none.
    /// </summary>
    public MemoryBreakdown? CurrentBreakdown => Breakdown is [.., var last] && (Memory.Rss is not { } rss || last.IsNear(rss.CurrentBytes) || IsNewest(last)) ? last : null;

    /// <summary>Whether the resident set was not sampled after a snapshot: while a snapshot of the heap is taken at the end, it is not.</summary>
    private bool IsNewest(MemoryBreakdown snapshot) => Readings is [.., var reading] && reading.Seconds < snapshot.AtSeconds;

    /// <summary>The GC heap after each collection in the window, in time order; after some thousands, evenly chosen ones.</summary>
    public ImmutableArray<HeapPoint> Heap { get; init; } = [];

    /// <summary>The operating system's view of the process over the window, in time order; of many thousands an even selection.</summary>
    public ImmutableArray<ProcessReading> Readings { get; init; } = [];

    /// <summary>The limits that the garbage collector observes, or null if they are unknown.</summary>
    public GcSettings? GcSettings { get; init; }

    /// <summary>The conclusions, the most important first.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Whether the process leaks; null if the profile was built without findings.</summary>
    public LeakVerdict? Leak { get; init; }
}
