namespace Memtrace.Profiles;

/// <summary>A quantity in bytes over time: at the start, at the end, and the highest seen.</summary>
/// <param name="StartBytes">The first value.</param>
/// <param name="CurrentBytes">The last value.</param>
/// <param name="PeakBytes">The highest value.</param>
/// <param name="PeakAtSeconds">When the highest value was first observed, in seconds after the start of the recording.</param>
public sealed record Measure(long StartBytes, long CurrentBytes, long PeakBytes, double PeakAtSeconds);

/// <summary>Memory of the container (control group) that the process runs in.</summary>
/// <param name="LimitBytes">The limit, or null if there is none.</param>
/// <param name="UsageBytes">Usage at the end, or at the last reading with the process in it, in bytes.</param>
/// <param name="OomKills">Processes of the group that the OOM killer killed during the recording.</param>
public sealed record ContainerMemorySummary(long? LimitBytes, long UsageBytes, long OomKills)
{
    /// <summary>The highest usage since the group began; null if unknown. In bytes.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The usage by anonymous memory of processes; null if unknown. In bytes.</summary>
    public long? AnonymousBytes { get; init; }

    /// <summary>The usage by file pages, which the kernel can mostly reclaim; null if unknown. In bytes.</summary>
    public long? FileBytes { get; init; }

    /// <summary>The part of <see cref="FileBytes"/> that only exists in memory (tmpfs, shared memory); null if unknown. In bytes.</summary>
    public long? SharedBytes { get; init; }

    /// <summary>The usage by the kernel itself; null if unknown. In bytes.</summary>
    public long? KernelBytes { get; init; }

    /// <summary>How the usage grows, without what the kernel reclaims; null if it does not grow beyond its error.</summary>
    public MemoryGrowth? Growth { get; init; }

    /// <summary>The largest share of 10 s in which some task of the group waited for memory, 0 to 100; null if unknown.</summary>
    public double? PressurePercent { get; init; }

    /// <summary>
    /// The usage by pages of files on disk, which the kernel reclaims before it kills; 0 if it is unknown. In bytes.
    /// </summary>
    public long ReclaimableBytes => Math.Clamp((FileBytes ?? 0) - (SharedBytes ?? 0), 0, UsageBytes);

    /// <summary>The usage that remains when memory is short: all but <see cref="ReclaimableBytes"/>. In bytes.</summary>
    public long UsedBytes => UsageBytes - ReclaimableBytes;

    /// <summary>The limit minus <see cref="UsedBytes"/>, 0 or more; null if there is no limit. In bytes.</summary>
    public long? LeftBytes => LimitBytes is { } limit ? Math.Max(0, limit - UsedBytes) : null;
}

/// <summary>Memory of the machine at the end of the recording.</summary>
/// <param name="TotalBytes">Physical memory.</param>
/// <param name="AvailableBytes">Memory available without swapping; null if unknown.</param>
public sealed record MachineMemorySummary(long TotalBytes, long? AvailableBytes);

/// <summary>Memory of the process. A member is null if the recording has no such readings.</summary>
/// <param name="Rss">Resident set, sampled.</param>
/// <param name="GcHeap">Size of the GC heap as of each collection's end.</param>
/// <param name="GcCommitted">Memory that the GC has committed, as of each collection's end.</param>
/// <param name="ProcessPeakRssBytes">Highest resident set since the process started, as reported by the operating system.</param>
/// <param name="Container">The container.</param>
/// <param name="Machine">The machine.</param>
public sealed record MemorySummary(
    Measure? Rss,
    Measure? GcHeap,
    Measure? GcCommitted,
    long? ProcessPeakRssBytes,
    ContainerMemorySummary? Container,
    MachineMemorySummary? Machine)
{
    /// <summary>Growth of the resident set over the window; null if it does not grow beyond its error.</summary>
    public RssGrowth? RssGrowth { get; init; }

    /// <summary>The GC heap's hard limit minus its size, in bytes; null if there is no limit or either is unknown.</summary>
    public long? GcHeapLeftBytes { get; init; }

    /// <summary>Whether the process has ended and needs no more memory.</summary>
    public bool IsOver { get; init; }

    /// <summary>The rest of the memory that runs out first; null if it is unknown, or where the process has ended.</summary>
    public Headroom? Headroom
    {
        get
        {
            if (IsOver)
                return null;
            (HeadroomOwner Owner, long? Bytes)[] rooms =
            [
                (HeadroomOwner.Container, Container?.LeftBytes),
                (HeadroomOwner.Machine, Machine?.AvailableBytes),
                (HeadroomOwner.GcHeap, RssGrowth is { IsGcHeap: true } ? GcHeapLeftBytes : null),
            ];
            var (owner, bytes) = rooms.Where(room => room.Bytes is not null).OrderBy(room => room.Bytes).FirstOrDefault();
            return bytes is { } left ? new Headroom(owner, left, RssGrowth) : null;
        }
    }
}
