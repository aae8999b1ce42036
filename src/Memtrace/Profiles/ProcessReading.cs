namespace Memtrace.Profiles;

/// <summary>What the operating system said of the process at one moment. A member is null where it did not say. Immutable.</summary>
/// <param name="Seconds">The moment, in seconds after the recording's beginning.</param>
/// <param name="RssBytes">Resident set.</param>
/// <param name="RssAnonymousBytes">The part of it that no file backs.</param>
/// <param name="SwapBytes">What is swapped out.</param>
/// <param name="MajorFaults">Page faults that had to read from a disk, since the process began.</param>
/// <param name="Threads">Number of threads.</param>
public sealed record ProcessReading(double Seconds, long RssBytes, long? RssAnonymousBytes, long? SwapBytes, long? MajorFaults, int? Threads);
