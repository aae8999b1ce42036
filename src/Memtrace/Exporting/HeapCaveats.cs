using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>What a snapshot of a heap does not show.</summary>
internal static class HeapCaveats
{
    /// <summary>From this version of .NET on, Server GC adapts the number of its heaps by default.</summary>
    private const int FirstAdapting = 9;

    /// <summary>All of them.</summary>
    /// <param name="profile">The heap.</param>
    public static IEnumerable<string> Of(HeapProfile profile) => new[] { Histogram(profile), Handles(profile) }.OfType<string>();

    /// <summary>
    /// What is unknown of GC handles; null if all are listed. Each heap of Server GC has handles, and keeps them when the collector goes on with fewer heaps, but the
    /// runtime's library lists those of the heaps in use.
    /// </summary>
    /// <param name="profile">The heap.</param>
    public static string? Handles(HeapProfile profile) => profile.Facts is { HasReferences: true, Dump.ServerHeaps: { } heaps, Process: { RuntimeMajor: null or >= FirstAdapting } process }
        && (process.ProcessorCount == 0 || heaps < process.ProcessorCount)
        ? $"GC handles are listed only for {Count.Things(heaps, "heap", "heaps")} of Server GC, which may have had more: what only other handles hold counts as garbage. "
            + "A snapshot from events includes all handles."
        : null;

    /// <summary>What is unknown without references; null if the snapshot has them.</summary>
    /// <param name="profile">The heap.</param>
    private static string? Histogram(HeapProfile profile) => profile switch
    {
        { HasReferences: true } => null,
        { Facts.IncludesGarbage: false } => "This is a histogram only: it is unknown what holds the objects.",
        _ => "This is a histogram only: it is unknown what holds the objects, and which of them are garbage.",
    };
}
