using System.Diagnostics;

namespace Memtrace.Measuring;

/// <summary>What the runtime has counted in this process since it started.</summary>
/// <param name="At">The moment.</param>
/// <param name="AllocatedBytes">Bytes allocated on the GC heap.</param>
/// <param name="Collections0">Collections of generation 0, 1 or 2.</param>
/// <param name="Collections1">Collections of generation 1 or 2.</param>
/// <param name="Collections2">Collections of generation 2.</param>
/// <param name="Pause">Total pause for collections.</param>
internal readonly record struct RuntimeTotals(TimeSpan At, long AllocatedBytes, int Collections0, int Collections1, int Collections2, TimeSpan Pause)
{
    /// <summary>What it has counted so far.</summary>
    public static RuntimeTotals Read() => new(
        Stopwatch.GetElapsedTime(0),
        GC.GetTotalAllocatedBytes(precise: true),
        GC.CollectionCount(0),
        GC.CollectionCount(1),
        GC.CollectionCount(2),
        GC.GetTotalPauseDuration());

    /// <summary>The same without what the calling thread has allocated. Only where it has just been read on that thread do the two figures belong together.</summary>
    public RuntimeTotals WithoutThisThread() => this with { AllocatedBytes = AllocatedBytes - GC.GetAllocatedBytesForCurrentThread() };
}
