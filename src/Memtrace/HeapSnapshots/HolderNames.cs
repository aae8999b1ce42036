using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>The names of holders outside of the heap.</summary>
internal static class HolderNames
{
    /// <summary>The name of a root: <c>static Shop.Cache.Entries</c>, <c>finalizer queue</c>; or several, none of which holds something alone.</summary>
    /// <param name="holder">The root, or what several have in common.</param>
    public static string Of(Holder holder) => holder switch
    {
        { Kind: null } => "several roots",
        { IsRoot: false, Kind: { } kind } => Several(kind),
        { Name: null, Kind: { } kind } => Of(kind),
        { Kind: { } kind } => $"{Of(kind)} {holder.Name}",
    };

    /// <summary>The name of a kind of roots.</summary>
    /// <param name="kind">The kind.</param>
    public static string Of(HeapRootKind kind) => kind switch
    {
        HeapRootKind.Static => "static",
        HeapRootKind.Stack => "stack",
        HeapRootKind.Handle => "handle",
        HeapRootKind.PinnedHandle => "pinned handle",
        HeapRootKind.Finalizer => "finalizer queue",
        HeapRootKind.ThreadStatic => "thread static",
        HeapRootKind.DependentHandle => "dependent handle",
        _ => "other root",
    };

    private static string Several(HeapRootKind kind) => kind switch
    {
        HeapRootKind.Static => "several static fields",
        HeapRootKind.Stack => "several stacks",
        HeapRootKind.Handle => "several handles",
        HeapRootKind.PinnedHandle => "several pinned handles",
        HeapRootKind.Finalizer => "several objects in the finalizer queue",
        HeapRootKind.ThreadStatic => "several thread statics",
        HeapRootKind.DependentHandle => "several dependent handles",
        _ => "several other roots",
    };
}
