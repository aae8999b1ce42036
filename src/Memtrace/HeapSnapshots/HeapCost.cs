using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Sessions;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots;

/// <summary>What a snapshot of a process will cost it: reckoned from the size of its heap.</summary>
/// <param name="HeapBytes">The heap, dead objects among them; null if unknown.</param>
/// <param name="HeadroomBytes">What the container has left; null without a limit.</param>
internal sealed record HeapCost(long? HeapBytes, long? HeadroomBytes)
{
    private const int MostBufferMB = 1024, LeastBufferMB = 16;

    /// <summary>The mean size of objects: heaps of texts and buffers, and heaps of small nodes.</summary>
    private const double LargeObject = 200, SmallObject = 60;

    /// <summary>What a collection takes for a GB of live objects, and a walk for a million of them: alone, and with Server GC on busy processors.</summary>
    private const double BestSecondsPerGB = 0.1, WorstSecondsPerGB = 1, BestSecondsPerMillion = 0.12, WorstSecondsPerMillion = 0.6;

    /// <summary>What events take in the process until they are sent: a fifth of 50 B an object.</summary>
    private const double WaitingBytesPerObject = 10;

    /// <summary>The code and the tables of the runtime's sessions.</summary>
    private const long SessionBytes = 16L << 20;

    /// <summary>Asks the runtime for the size of its heap, without a collection. That takes about a second.</summary>
    /// <param name="target">The process.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="TargetException">The target refuses or does not respond.</exception>
    public static async Task<HeapCost> EstimateAsync(Target target, CancellationToken cancellation) =>
        await GenerationCounters.ReadAsync(target, cancellation) is { Total: > 0 } sizes ? Bound(target) with { HeapBytes = sizes.Total } : Bound(target);

    /// <summary>The highest cost that the process's resident set allows for.</summary>
    /// <param name="target">The process.</param>
    public static HeapCost Bound(Target target)
    {
        using var container = target.ProcessId == 0 ? null : ContainerMemoryReader.Open(target.ProcessId);
        var headroom = container is not null && container.TryRead(out var memory) && memory.Limit is { } limit ? Math.Max(0, limit - memory.Usage + memory.Reclaimable) : (long?)null;
        return new HeapCost(RssOf(target.ProcessId), headroom);
    }

    /// <summary>The buffer to allow.</summary>
    public int BufferSizeMB => HeadroomBytes is { } headroom ? (int)Math.Clamp(headroom >> 20, LeastBufferMB, MostBufferMB) : MostBufferMB;

    /// <summary>What the container lacks, or null.</summary>
    public string? Shortage => HeadroomBytes is { } headroom && headroom < NeededBytes
        ? $"The container of the process has {ByteSize.Format(headroom)} left below its limit, but the snapshot may need {ByteSize.Format(NeededBytes)}: the process could be killed."
        : null;

    /// <summary>What the process may need for events that wait to be sent, in bytes.</summary>
    public long NeededBytes => SessionBytes + (long)((HeapBytes ?? 0) / SmallObject * WaitingBytesPerObject);

    /// <summary>The pause and the memory, as the end of a sentence.</summary>
    public string Describe() => HeapBytes is { } bytes
        ? string.Create(CultureInfo.InvariantCulture, $" of up to {ByteSize.Format(bytes)}: for {PauseRange}, and will need up to {ByteSize.Format(NeededBytes)} more memory meanwhile")
        : "";

    /// <summary>The pause to expect, such as <c>130 ms to 1.2 s</c>; null if unknown.</summary>
    public string? PauseRange => HeapBytes is { } bytes ? $"{Duration.FormatMs(1000 * BestSeconds(bytes))} to {Duration.FormatMs(1000 * WorstSeconds(bytes))}" : null;

    /// <summary>The longest pause to expect; null if unknown.</summary>
    public TimeSpan? LongestPause => HeapBytes is { } bytes ? TimeSpan.FromSeconds(WorstSeconds(bytes)) : null;

    private static double BestSeconds(long bytes) => Math.Max(0.01, (bytes / 1e9 * BestSecondsPerGB) + (bytes / LargeObject / 1e6 * BestSecondsPerMillion));

    private static double WorstSeconds(long bytes) => Math.Max(0.1, (bytes / 1e9 * WorstSecondsPerGB) + (bytes / SmallObject / 1e6 * WorstSecondsPerMillion));

    private static long? RssOf(int processId)
    {
        if (processId == 0)
            return null;
        using var reader = ProcessMemoryReader.Open(processId);
        return reader.TryRead(out var memory) && memory.Rss > 0 ? memory.Rss : null;
    }
}
