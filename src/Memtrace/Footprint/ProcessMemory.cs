namespace Memtrace.Footprint;

/// <summary>Memory of a process at one moment. Amounts are bytes; -1 means unknown.</summary>
/// <param name="Rss">Resident set size: the physical memory that the process occupies. On Windows the working set.</param>
/// <param name="PeakRss">The largest resident set since the process started. Unknown on macOS.</param>
/// <param name="RssAnonymous">The part of <paramref name="Rss"/> not backed by a file: heaps, stacks. Linux only.</param>
/// <param name="RssFile">The part of <paramref name="Rss"/> that maps files. Linux only.</param>
/// <param name="RssShared">The part of <paramref name="Rss"/> that is shared memory (System V, tmpfs, memfd). Linux only.</param>
/// <param name="Swap">Anonymous memory that is swapped out. Linux only.</param>
/// <param name="MajorFaults">Page faults that had to read from disk, since the process started. Linux only.</param>
/// <param name="CpuTimeMs">CPU time in user and kernel mode since the process started, in milliseconds.</param>
/// <param name="Threads">Number of threads.</param>
public readonly record struct ProcessMemory(
    long Rss,
    long PeakRss,
    long RssAnonymous,
    long RssFile,
    long RssShared,
    long Swap,
    long MajorFaults,
    long CpuTimeMs,
    int Threads);
