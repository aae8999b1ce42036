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
/// <param name="Timeline">Memory over time, in order of time.</param>
/// <param name="Live">The live heap; null where the recording has no survival data.</param>
public sealed record MemoryProfile(
    ProcessDescription Process,
    RecordingDescription Recording,
    MemorySummary Memory,
    CollectionSummary Collections,
    AllocationProfile Allocations,
    ImmutableArray<TimelinePoint> Timeline,
    LiveHeapProfile? Live = null)
{
    /// <summary>Snapshots of the resident set by category, in order of time; empty where there are none.</summary>
    public ImmutableArray<MemoryBreakdown> Breakdown { get; init; } = [];

    /// <summary>
    /// The snapshot nearest to a window without one, in seconds after the recording's beginning; null where the window has one, or the recording none.
    /// </summary>
    public double? NearestBreakdownSeconds { get; init; }

    /// <summary>The GC heap after each collection in the window, in order of time; of many thousands an even selection.</summary>
    public ImmutableArray<HeapPoint> Heap { get; init; } = [];

    /// <summary>The operating system's view of the process over the window, in order of time; of many thousands an even selection.</summary>
    public ImmutableArray<ProcessReading> Readings { get; init; } = [];

    /// <summary>The limits that the garbage collector observes, or null where they are unknown.</summary>
    public GcSettings? GcSettings { get; init; }

    /// <summary>The conclusions, the most important first.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Whether the process leaks; null where the profile was built without findings.</summary>
    public LeakVerdict? Leak { get; init; }
}
