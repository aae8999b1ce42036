namespace Memtrace.Profiles;

/// <summary>What the operating system said of the process at one moment. A member is null where it did not say. Immutable.</summary>
/// <param name="Seconds">The moment, in seconds after the recording's beginning.</param>
/// <param name="RssBytes">Resident set.</param>
/// <param name="RssFileBytes">The part of it that holds contents of files.</param>
/// <param name="SwapBytes">What is swapped out.</param>
/// <param name="MajorFaults">Page faults that had to read from a disk, since the process began.</param>
/// <param name="Threads">Number of threads.</param>
public sealed record ProcessReading(double Seconds, long RssBytes, long? RssFileBytes, long? SwapBytes, long? MajorFaults, int? Threads)
{
    /// <summary>The resident set without contents of files, which the kernel takes back when memory is short; all of it where they are not known.</summary>
    public long HeldBytes => RssBytes - (RssFileBytes ?? 0);
}
