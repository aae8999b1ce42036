namespace Memtrace.Profiles;

/// <summary>A reading of the process from the operating system. A member is null if it is unknown. Immutable.</summary>
/// <param name="Seconds">The moment, in seconds after the start of the recording.</param>
/// <param name="RssBytes">Resident set.</param>
/// <param name="RssFileBytes">The part of it that is file pages.</param>
/// <param name="SwapBytes">Swapped-out memory.</param>
/// <param name="MajorFaults">Page faults that read from a disk, since the process started.</param>
/// <param name="Threads">Number of threads.</param>
public sealed record ProcessReading(double Seconds, long RssBytes, long? RssFileBytes, long? SwapBytes, long? MajorFaults, int? Threads)
{
    /// <summary>The resident set without file pages, which the kernel reclaims when memory is short; all of it where they are unknown.</summary>
    public long HeldBytes => RssBytes - (RssFileBytes ?? 0);
}
