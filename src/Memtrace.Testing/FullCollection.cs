namespace Memtrace.Testing;

/// <summary>A collection that leaves live objects only.</summary>
internal static class FullCollection
{
    /// <summary>Collects. Objects with finalizers are collected after these have run.</summary>
    public static void Run()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
