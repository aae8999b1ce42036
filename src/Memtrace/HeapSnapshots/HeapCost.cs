using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Sessions;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots;

/// <summary>What a snapshot of a process will cost it, estimated from the size of its heap.</summary>
/// <param name="HeapBytes">The heap, including dead objects; null if unknown.</param>
/// <param name="HeadroomBytes">What the container has left; null without a limit.</param>
internal sealed record HeapCost(long? HeapBytes, long? HeadroomBytes)
{
    private const int MostBufferMB = 1024, LeastBufferMB = 16;

    /// <summary>The mean size of objects: heaps of texts and buffers, heaps of small nodes, and the least size on the large object heap.</summary>
    private const double MediumObject = 200, SmallObject = 60, LargeObject = 85_000;

    /// <summary>
    /// How long a collection takes per GB of live objects, and a walk per million of them: on an idle machine, and with Server GC on busy processors. Of large
    /// objects, only the references in them take time.
    /// </summary>
    private const double BestSecondsPerGB = 0.1, WorstSecondsPerGB = 1, WorstSecondsPerLargeGB = 0.2, BestSecondsPerMillion = 0.12, WorstSecondsPerMillion = 0.6;

    /// <summary>
    /// What the events of an object take in the process until they are sent. The runtime sends every 100 ms; what it walks up to the first time waits, later ones in
    /// part, and on busy processors more.
    /// </summary>
    private const double FirstBytesPerObject = 50, LaterBytesPerObject = 20;

    /// <summary>How many objects are walked at most before events are sent for the first time.</summary>
    private const double FirstObjects = 2e6;

    /// <summary>The code and the tables of the runtime's sessions.</summary>
    private const long SessionBytes = 16L << 20;

    /// <summary>What reading takes here for an object, with references and without, and the mean size of objects that it is reckoned with.</summary>
    private const double GraphBytesPerObject = 50, HistogramBytesPerObject = 20, MeanObject = 100;

    /// <summary>What reading takes of itself.</summary>
    private const long ReaderBytes = 64L << 20;

    /// <summary>Asks the runtime for the size of its heap, without a collection. That takes about a second.</summary>
    /// <param name="target">The process.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="TargetException">The target refuses or does not respond.</exception>
    public static async Task<HeapCost> EstimateAsync(Target target, CancellationToken cancellation) =>
        await GenerationCounters.ReadAsync(target, TimeProvider.System, cancellation) is { Total: > 0 } sizes ? Bound(target) with { HeapBytes = sizes.Total, LargeBytes = sizes.Loh } : Bound(target);

    /// <summary>The highest cost that the process's resident set allows for.</summary>
    /// <param name="target">The process.</param>
    public static HeapCost Bound(Target target)
    {
        using var container = target.ProcessId == 0 ? null : ContainerMemoryReader.Open(target.ProcessId);
        return new HeapCost(RssOf(target.ProcessId), AvailableMemory.In(container)) { AvailableBytes = AvailableMemory.Here() };
    }

    /// <summary>How much of the heap is the large object heap, in bytes; 0 if that is unknown, which makes the estimates higher.</summary>
    public long LargeBytes { get; init; }

    /// <summary>What this machine, or the container that this tool runs in, has left for reading the snapshot; null if unknown.</summary>
    public long? AvailableBytes { get; init; }

    /// <summary>The buffer that is requested, in MB; null for what the container has left.</summary>
    public int? RequestedBufferMB { get; init; }

    /// <summary>The buffer to allow.</summary>
    public int BufferSizeMB => RequestedBufferMB ?? (HeadroomBytes is { } headroom ? (int)Math.Clamp(headroom >> 20, LeastBufferMB, MostBufferMB) : MostBufferMB);

    /// <summary>Why the snapshot must not be taken: too little memory, in the container of the process or here. Null if nothing speaks against it.</summary>
    /// <param name="content">What it holds.</param>
    public HeapObstacle? Obstacle(HeapContent content) => ContainerShortage ?? ReaderShortage(content);

    private HeapObstacle? ContainerShortage => HeadroomBytes is { } headroom && headroom < NeededBytes
        ? new HeapObstacle(
            $"The container of the process has {ByteSize.Format(headroom)} left below its limit, but the snapshot may need {ByteSize.Format(NeededBytes)}: the process could be killed.",
            new HeapRemedy(HeapRemedyKind.RaiseLimit))
        : null;

    private HeapObstacle? ReaderShortage(HeapContent content) => AvailableBytes is { } available && available < NeededHere(content)
        ? new HeapObstacle(
            $"A snapshot of a heap of {ByteSize.FormatKnown(HeapBytes)} takes about {ByteSize.Format(NeededHere(content))} of memory to read here, but only {ByteSize.Format(available)} is available.",
            new HeapRemedy(HeapRemedyKind.UseLargerMachine))
        : null;

    /// <summary>What the process may need for events that wait to be sent, in bytes.</summary>
    public long NeededBytes => SessionBytes + WaitingBytes(Objects(HeapBytes ?? 0, SmallObject));

    /// <summary>The pause and the memory, as the end of a sentence.</summary>
    public string Describe() => HeapBytes is { } bytes
        ? string.Create(CultureInfo.InvariantCulture, $" of up to {ByteSize.Format(bytes)}: for {PauseRange}, and will need up to {ByteSize.Format(NeededBytes)} more memory meanwhile")
        : "";

    /// <summary>The pause to expect, such as <c>130 ms to 1.2 s</c>; null if unknown.</summary>
    public string? PauseRange => HeapBytes is { } bytes ? $"{Duration.FormatMs(1000 * BestSeconds(bytes))} to {Duration.FormatMs(1000 * WorstSeconds(bytes))}" : null;

    /// <summary>The longest pause to expect; null if unknown.</summary>
    public TimeSpan? LongestPause => HeapBytes is { } bytes ? TimeSpan.FromSeconds(WorstSeconds(bytes)) : null;

    // No more than the buffer holds.
    private long WaitingBytes(double objects) =>
        Math.Min((long)(RequestedBufferMB ?? MostBufferMB) << 20, (long)((Math.Min(objects, FirstObjects) * FirstBytesPerObject) + (Math.Max(0, objects - FirstObjects) * LaterBytesPerObject)));

    private double Objects(long bytes, double meanSize) => ((bytes - LargeBytes) / meanSize) + (LargeBytes / LargeObject);

    private double BestSeconds(long bytes) =>
        Math.Max(0.01, ((bytes - LargeBytes) / 1e9 * BestSecondsPerGB) + (Objects(bytes, MediumObject) / 1e6 * BestSecondsPerMillion));

    private double WorstSeconds(long bytes) => Math.Max(
        0.1,
        ((bytes - LargeBytes) / 1e9 * WorstSecondsPerGB) + (LargeBytes / 1e9 * WorstSecondsPerLargeGB) + (Objects(bytes, SmallObject) / 1e6 * WorstSecondsPerMillion));

    private long NeededHere(HeapContent content) =>
        ReaderBytes + (long)(Objects(HeapBytes ?? 0, MeanObject) * (content == HeapContent.Graph ? GraphBytesPerObject : HistogramBytesPerObject));

    private static long? RssOf(int processId)
    {
        if (processId == 0)
            return null;
        using var reader = ProcessMemoryReader.Open(processId);
        return reader.TryRead(out var memory) && memory.Rss > 0 ? memory.Rss : null;
    }
}
