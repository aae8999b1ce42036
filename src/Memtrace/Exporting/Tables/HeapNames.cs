using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>What the words of a heap snapshot are in data.</summary>
public static class HeapNames
{
    /// <summary>The name of a kind of roots.</summary>
    /// <param name="kind">The kind.</param>
    public static string Of(HeapRootKind kind) => kind switch
    {
        HeapRootKind.Static => "static",
        HeapRootKind.Stack => "stack",
        HeapRootKind.Handle => "handle",
        HeapRootKind.PinnedHandle => "pinnedHandle",
        HeapRootKind.Finalizer => "finalizer",
        HeapRootKind.ThreadStatic => "threadStatic",
        HeapRootKind.DependentHandle => "dependentHandle",
        _ => "other",
    };

    /// <summary>The name of a source of snapshots.</summary>
    /// <param name="source">The source.</param>
    public static string Of(HeapSnapshotSource source) => source switch
    {
        HeapSnapshotSource.Events => "events",
        HeapSnapshotSource.Dump => "dump",
        HeapSnapshotSource.Copy => "copy",
        _ => "gcdump",
    };
}
