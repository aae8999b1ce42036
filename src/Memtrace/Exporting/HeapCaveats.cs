using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>What a snapshot of a heap does not show.</summary>
internal static class HeapCaveats
{
    /// <summary>What is unknown without references; null if the snapshot has them.</summary>
    /// <param name="profile">The heap.</param>
    public static string? Histogram(HeapProfile profile) => profile switch
    {
        { HasReferences: true } => null,
        { Facts.IncludesGarbage: false } => "This is a histogram only: it is unknown what holds the objects.",
        _ => "This is a histogram only: it is unknown what holds the objects, and which of them are garbage.",
    };
}
