using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>All objects of a heap at one moment, and what was known of the process then. Safe to share between threads until it is disposed.</summary>
/// <param name="graph">The objects. It is disposed with this.</param>
/// <param name="facts">The process and the moment.</param>
internal sealed class HeapSnapshot(HeapGraph graph, HeapSnapshotFacts facts) : IDisposable
{
    /// <summary>The objects.</summary>
    public HeapGraph Graph { get; } = graph;

    /// <summary>The process and the moment.</summary>
    public HeapSnapshotFacts Facts { get; } = facts;

    /// <inheritdoc/>
    public void Dispose() => Graph.Dispose();
}
