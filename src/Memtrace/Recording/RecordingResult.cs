namespace Memtrace.Recording;

/// <summary>What came of a recording.</summary>
/// <param name="File">The file.</param>
/// <param name="FileSize">Its size, in bytes.</param>
/// <param name="End">How it ended.</param>
/// <param name="LostEvents">Events that the runtime dropped.</param>
/// <param name="SurvivalStopped">Why survival was recorded only in part, in plain words, or null.</param>
public sealed record RecordingResult(string File, long FileSize, RecordingEnd End, long LostEvents, string? SurvivalStopped);
