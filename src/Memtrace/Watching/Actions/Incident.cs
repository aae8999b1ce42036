namespace Memtrace.Watching.Actions;

/// <summary>A condition of a process was met. Immutable.</summary>
/// <param name="ProcessId">The process's id.</param>
/// <param name="Process">Its name.</param>
/// <param name="Rule">The condition, as it was written.</param>
/// <param name="Observed">What was observed.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Files">The files saved so far: full paths.</param>
internal sealed record Incident(int ProcessId, string Process, string Rule, string Observed, DateTimeOffset At, IReadOnlyList<string> Files)
{
    /// <summary>The resident set in bytes; null if unknown.</summary>
    public long? RssBytes { get; init; }

    /// <summary>The GC heap in bytes, after the last collection; null if unknown.</summary>
    public long? GcHeapBytes { get; init; }

    /// <summary>What the GC has committed in bytes, after the last collection; null if unknown.</summary>
    public long? GcCommittedBytes { get; init; }

    /// <summary>The container's limit in bytes; null if unknown, or there is none.</summary>
    public long? LimitBytes { get; init; }
}
