using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>
/// Everything that an analysis learned from one recording (or from a window of it). Immutable, safe to share between threads.
/// </summary>
/// <param name="Process">The process that was recorded.</param>
/// <param name="Recording">The recording itself.</param>
/// <param name="Memory">Memory over the window: start, current, peak.</param>
/// <param name="Collections">Garbage collections that ended in the window.</param>
/// <param name="Allocations">Allocations in the window.</param>
/// <param name="Timeline">Memory over time, in order of time.</param>
/// <param name="Live">What stays; null where the recording holds no survival.</param>
public sealed record MemoryProfile(
    ProcessDescription Process,
    RecordingDescription Recording,
    MemorySummary Memory,
    CollectionSummary Collections,
    AllocationProfile Allocations,
    ImmutableArray<TimelinePoint> Timeline,
    LiveHeapProfile? Live = null)
{
    /// <summary>Where the resident set was, at a few moments, in order of time; empty where the recording does not say.</summary>
    public ImmutableArray<MemoryBreakdown> Breakdown { get; init; } = [];

    /// <summary>
    /// The look nearest to a window that has none, in seconds after the recording's beginning; null where the window has one, or the recording none.
    /// </summary>
    public double? NearestBreakdownSeconds { get; init; }

    /// <summary>How many snapshots of the memory map are missing, because they took too long or the process changed too much meanwhile.</summary>
    public int DroppedBreakdowns { get; init; }

    /// <summary>
    /// The last snapshot, if it still shows where the memory is: the resident set has not moved away from it since. Null where it has, or there is none.
    /// </summary>
    public MemoryBreakdown? CurrentBreakdown => Breakdown is [.., var last] && (Memory.Rss is not { } rss || last.IsNear(rss.CurrentBytes)) ? last : null;

    /// <summary>The GC heap after each collection in the window, in order of time; after some thousands, evenly chosen ones.</summary>
    public ImmutableArray<HeapPoint> Heap { get; init; } = [];

    /// <summary>The operating system's view of the process over the window, in order of time; after some thousands, evenly chosen readings.</summary>
    public ImmutableArray<ProcessReading> Readings { get; init; } = [];

    /// <summary>What the garbage collector goes by, or null where the recording does not say.</summary>
    public GcSettings? GcSettings { get; init; }

    /// <summary>What follows from all of it, what matters most in front.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Whether the process leaks; null where the profile was built without findings.</summary>
    public LeakVerdict? Leak { get; init; }
}
