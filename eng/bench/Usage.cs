namespace Memtrace.Bench;

/// <summary>What a process used from its start to its end.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">User and system time, to the microsecond.</param>
/// <param name="PeakRss">The largest resident set, in bytes.</param>
/// <param name="MegabytesRead">The length of the recording that it read, if any.</param>
internal readonly record struct Usage(double Seconds, double CpuSeconds, double PeakRss, double MegabytesRead = 0);
