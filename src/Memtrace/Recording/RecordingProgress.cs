namespace Memtrace.Recording;

/// <summary>The progress of a recording. Immutable; amounts in bytes.</summary>
/// <param name="Elapsed">Time since the recording started.</param>
/// <param name="Rss">Current resident set; null if unknown.</param>
/// <param name="PeakRss">Highest resident set seen while recording; null if unknown.</param>
/// <param name="GcHeap">GC heap after the last collection; null before the first.</param>
/// <param name="Allocated">Estimated allocation since the start.</param>
/// <param name="LostEvents">Events that the runtime dropped.</param>
/// <param name="FileSize">Size of the file.</param>
/// <param name="SurvivalStopped">Whether survival tracking ended early.</param>
internal sealed record RecordingProgress(
    TimeSpan Elapsed,
    long? Rss,
    long? PeakRss,
    long? GcHeap,
    double Allocated,
    long LostEvents,
    long FileSize,
    bool SurvivalStopped);
