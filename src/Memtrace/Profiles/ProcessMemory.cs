namespace Memtrace.Profiles;

/// <summary>Memory of a process at one moment. Amounts are bytes; what is null is unknown.</summary>
/// <param name="Rss">Resident set size: the physical memory that the process occupies. On Windows the working set.</param>
/// <param name="PeakRss">The largest resident set since the process started. Unknown on macOS.</param>
public readonly record struct ProcessMemory(long Rss, long? PeakRss)
{
    /// <summary>The part of <see cref="Rss"/> not backed by a file: heaps, stacks. Linux only.</summary>
    public long? RssAnonymous { get; init; }

    /// <summary>The part of <see cref="Rss"/> that maps files. Linux only.</summary>
    public long? RssFile { get; init; }

    /// <summary>The part of <see cref="Rss"/> that is shared memory (System V, tmpfs, memfd). Linux only.</summary>
    public long? RssShared { get; init; }

    /// <summary>Anonymous memory that is swapped out. Linux only.</summary>
    public long? Swap { get; init; }

    /// <summary>Memory in reserved huge pages (hugetlb), which are not part of <see cref="Rss"/>. Linux only.</summary>
    public long? HugePages { get; init; }

    /// <summary>Page faults that had to read from disk, since the process started. Linux only.</summary>
    public long? MajorFaults { get; init; }

    /// <summary>CPU time in user and kernel mode since the process started, in milliseconds.</summary>
    public long? CpuTimeMs { get; init; }

    /// <summary>Number of threads.</summary>
    public int? Threads { get; init; }
}
