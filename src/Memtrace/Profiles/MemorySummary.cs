namespace Memtrace.Profiles;

/// <summary>A quantity in bytes over time: at the start, at the end, and the highest seen.</summary>
/// <param name="StartBytes">The first value.</param>
/// <param name="CurrentBytes">The last value.</param>
/// <param name="PeakBytes">The highest value.</param>
/// <param name="PeakAtSeconds">When the highest value was seen first, in seconds after the recording's beginning.</param>
public sealed record Measure(long StartBytes, long CurrentBytes, long PeakBytes, double PeakAtSeconds);

/// <summary>Memory of the container (control group) that the process runs in.</summary>
/// <param name="LimitBytes">The limit, or null where there is none.</param>
/// <param name="UsageBytes">Usage at the end, in bytes.</param>
/// <param name="OomKills">Processes of the group that the kernel killed for want of memory while the recording ran.</param>
public sealed record ContainerMemorySummary(long? LimitBytes, long UsageBytes, long OomKills);

/// <summary>Memory of the machine at the end of the recording.</summary>
/// <param name="TotalBytes">Physical memory.</param>
/// <param name="AvailableBytes">What could be had without swapping.</param>
public sealed record MachineMemorySummary(long TotalBytes, long AvailableBytes);

/// <summary>Memory of the process. A member is null where the recording has no such figures.</summary>
/// <param name="Rss">Resident set, sampled.</param>
/// <param name="GcHeap">Size of the GC heap as of each collection's end.</param>
/// <param name="GcCommitted">Memory that the GC has committed, as of each collection's end.</param>
/// <param name="ProcessPeakRssBytes">Highest resident set since the process began, as the operating system says.</param>
/// <param name="Container">The container.</param>
/// <param name="Machine">The machine.</param>
public sealed record MemorySummary(
    Measure? Rss,
    Measure? GcHeap,
    Measure? GcCommitted,
    long? ProcessPeakRssBytes,
    ContainerMemorySummary? Container,
    MachineMemorySummary? Machine);
