using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The heap snapshots of a live view. Immutable.</summary>
internal sealed record MonitorHeap
{
    /// <summary>No snapshot yet.</summary>
    public static MonitorHeap None { get; } = new();

    /// <summary>The last snapshot, or null.</summary>
    public HeapProfile? Last { get; init; }

    /// <summary>What changed since the one before it; null if there is none.</summary>
    public HeapComparison? Change { get; init; }

    /// <summary>How far the snapshot is that is being taken; null if none is.</summary>
    public string? Progress { get; init; }

    /// <summary>Why the latest one was not taken, or null.</summary>
    public string? Failure { get; init; }
}
