namespace Memtrace.Profiles;

/// <summary>Memory at a point in time. A member is null if it was unknown by then.</summary>
/// <param name="Seconds">Seconds after the start of the recording.</param>
/// <param name="RssBytes">Resident set.</param>
/// <param name="GcHeapBytes">GC heap as of the last collection's end.</param>
/// <param name="GcCommittedBytes">Memory committed by the GC as of the last collection's end.</param>
/// <param name="AllocatedBytes">Estimated bytes allocated since the start of the window.</param>
public sealed record TimelinePoint(double Seconds, long? RssBytes, long? GcHeapBytes, long? GcCommittedBytes, double AllocatedBytes);
