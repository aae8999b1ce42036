namespace Memtrace.Recording;

/// <summary>How far a recording is. Immutable; amounts in bytes.</summary>
/// <param name="Elapsed">Since the recording began.</param>
/// <param name="Rss">Resident set now, or -1.</param>
/// <param name="PeakRss">Highest resident set seen while recording, or -1.</param>
/// <param name="GcHeap">GC heap after the last collection, or -1 before the first.</param>
/// <param name="Allocated">Estimated allocation since the beginning.</param>
/// <param name="LostEvents">Events that the runtime dropped.</param>
/// <param name="FileSize">The file's size.</param>
/// <param name="SurvivalStopped">Whether survival was asked for and ended early.</param>
public sealed record RecordingProgress(
    TimeSpan Elapsed,
    long Rss,
    long PeakRss,
    long GcHeap,
    double Allocated,
    long LostEvents,
    long FileSize,
    bool SurvivalStopped);
