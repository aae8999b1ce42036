using Memtrace.Profiles;

namespace Memtrace;

/// <summary>The result of a measurement. Immutable, safe to share between threads.</summary>
public sealed record MeasuredMemory
{
    /// <summary>How long was measured.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Bytes that the whole process allocated on the GC heap meanwhile: counted by the runtime, not sampled. What the measurement itself allocated is not among
    /// them, except for a few hundred bytes per second.
    /// </summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>The resident set of the process; null if the operating system does not report it.</summary>
    public required MeasuredAmount? Rss { get; init; }

    /// <summary>
    /// Whether the peak of <see cref="Rss"/> comes from the kernel, which misses nothing. Otherwise it is the highest sample. The kernel is asked on Linux by the
    /// first of several measurements at a time.
    /// </summary>
    public required bool IsRssPeakExact { get; init; }

    /// <summary>Objects on the GC heap, also those that are garbage but not collected yet. The peak is the highest sample.</summary>
    public required MeasuredAmount GcHeap { get; init; }

    /// <summary>
    /// Memory that the GC has committed, as of its last collection; null if there was no collection yet. The peak is the highest sample, or the highest after
    /// any collection if there is a recording.
    /// </summary>
    public required MeasuredAmount? GcCommitted { get; init; }

    /// <summary>Garbage collections, without the one that the measurement ends with.</summary>
    public required MeasuredCollections Collections { get; init; }

    /// <summary>The analysis of the recording, without what the measurement itself allocates; null for <see cref="MeasurementDetail.Totals"/>.</summary>
    public MemoryProfile? Profile { get; init; }

    /// <summary>Estimated allocations by type and call site, each with its error; null if they were not recorded.</summary>
    public AllocationProfile? Allocations => Profile?.Allocations is { IsKnown: true } known ? known : null;

    /// <summary>
    /// What of the objects allocated during the measurement was alive at the end, by type and call site, each with its error; null if that was not recorded.
    /// </summary>
    public LiveSnapshot? Survivors => Profile?.Live?.End;

    /// <summary>The recording; null if none was kept.</summary>
    public string? File { get; init; }
}

/// <summary>An amount of memory over a measurement. Immutable.</summary>
/// <param name="StartBytes">At the start, in bytes.</param>
/// <param name="EndBytes">At the end, in bytes.</param>
/// <param name="PeakBytes">The highest, in bytes.</param>
public sealed record MeasuredAmount(long StartBytes, long EndBytes, long PeakBytes)
{
    /// <summary>The end minus the start, of either sign, in bytes.</summary>
    public long GrowthBytes => EndBytes - StartBytes;
}

/// <summary>Garbage collections of a measurement. Exact. Immutable.</summary>
/// <param name="Gen0">Collections of generation 0 only.</param>
/// <param name="Gen1">Collections up to generation 1.</param>
/// <param name="Gen2">Full collections.</param>
/// <param name="TotalPause">How long the process was paused for them in total.</param>
public sealed record MeasuredCollections(int Gen0, int Gen1, int Gen2, TimeSpan TotalPause)
{
    /// <summary>All of them.</summary>
    public int Total => Gen0 + Gen1 + Gen2;
}

/// <summary>The memory of this process at one moment.</summary>
/// <param name="RssBytes">Resident set, in bytes; null if the operating system does not report it.</param>
/// <param name="GcHeapBytes">Objects on the GC heap, also those that are garbage but not collected yet, in bytes.</param>
/// <param name="GcCommittedBytes">Memory that the GC has committed, as of its last collection, in bytes; null before the first one.</param>
/// <param name="AllocatedBytes">Bytes that the process has allocated on the GC heap since it started.</param>
public readonly record struct MemoryReading(long? RssBytes, long GcHeapBytes, long? GcCommittedBytes, long AllocatedBytes);
