using Memtrace.Profiles;
using Memtrace.Recording.Buffering;

namespace Memtrace.Monitoring;

/// <summary>The state of a watched process at one moment. Immutable.</summary>
/// <param name="At">The moment, UTC.</param>
/// <param name="UptimeSeconds">How long the process has been running; null if unknown.</param>
/// <param name="Profile">The profile so far.</param>
/// <param name="Recent">The last minutes.</param>
/// <param name="Overhead">The cost of watching.</param>
/// <param name="Kept">How much could be saved.</param>
internal sealed record LiveUpdate(DateTimeOffset At, double? UptimeSeconds, MemoryProfile Profile, LiveHistory Recent, ToolOverhead Overhead, BufferedSpan Kept)
{
    /// <summary>Recent CPU use of the process; 1 is one full processor. Null if unknown.</summary>
    public double? CpuShare { get; init; }

    /// <summary>The sizes of the generations when the view started, as of the last collection before it; null if unknown.</summary>
    public GenerationBytes? GenerationsAtStart { get; init; }

    /// <summary>The GC heap after the last collection that the view has seen; null before the first.</summary>
    public HeapPoint? Heap => Profile.Heap.LastOrDefault();

    /// <summary>The sizes of the generations after the last collection; null if unknown.</summary>
    public GenerationBytes? Generations => Heap?.Size ?? GenerationsAtStart;

    /// <summary>The size of the GC heap after the last collection; null if unknown.</summary>
    public long? GcHeapBytes => Profile.Memory.GcHeap?.CurrentBytes ?? Generations?.Total;
}

/// <summary>What the tool itself uses.</summary>
/// <param name="CpuShare">Recent CPU use; 1 is one full processor.</param>
/// <param name="RssBytes">Resident set.</param>
internal sealed record ToolOverhead(double CpuShare, long RssBytes);
