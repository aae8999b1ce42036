using Memtrace.Profiles;
using Memtrace.Recording.Buffering;

namespace Memtrace.Monitoring;

/// <summary>A process that is being watched, at one moment. Immutable.</summary>
/// <param name="At">The moment, UTC.</param>
/// <param name="UptimeSeconds">How long the process has been running; null where that is not known.</param>
/// <param name="Profile">What has been seen of it so far.</param>
/// <param name="Recent">The last minutes.</param>
/// <param name="Overhead">What the watching costs.</param>
/// <param name="Kept">How much could be saved.</param>
public sealed record LiveUpdate(DateTimeOffset At, double? UptimeSeconds, MemoryProfile Profile, LiveHistory Recent, ToolOverhead Overhead, BufferedSpan Kept)
{
    /// <summary>Processor time of the process a time, lately; 1 for one processor in full. Null where that is not known.</summary>
    public double? CpuShare { get; init; }

    /// <summary>The collector's heap after the last collection; null before the first.</summary>
    public HeapPoint? Heap => Profile.Heap.LastOrDefault();
}

/// <summary>What this process itself uses.</summary>
/// <param name="CpuShare">Processor time a time, lately; 1 for one processor in full.</param>
/// <param name="RssBytes">Its resident set.</param>
public sealed record ToolOverhead(double CpuShare, long RssBytes);
