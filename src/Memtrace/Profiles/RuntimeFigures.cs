namespace Memtrace.Profiles;

/// <summary>The runtime's figures at one moment of a recording. Immutable.</summary>
/// <param name="GcHeapBytes">The GC heap after the last collection; null before the first.</param>
/// <param name="GcCommittedBytes">Committed by the GC after the last collection; null if unknown.</param>
/// <param name="PausedMs">Total pause for collections since the recording began.</param>
/// <param name="AllocatedBytes">Estimated allocation since the recording began; null without allocation sampling.</param>
internal sealed record RuntimeFigures(long? GcHeapBytes, long? GcCommittedBytes, double PausedMs, double? AllocatedBytes);
