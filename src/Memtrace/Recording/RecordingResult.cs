using System.Collections.Immutable;

namespace Memtrace.Recording;

/// <summary>The result of a recording. Immutable.</summary>
/// <param name="File">The file.</param>
/// <param name="FileSize">Its size, in bytes.</param>
/// <param name="End">How it ended.</param>
/// <param name="LostEvents">Events that the runtime dropped.</param>
/// <param name="SurvivalStopped">Why survival tracking ended early, in plain words; null if it did not.</param>
public sealed record RecordingResult(string File, long FileSize, RecordingEnd End, long LostEvents, string? SurvivalStopped)
{
    /// <summary>Its length: the time from the start of the session to the end event, as reports show it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What was requested at the start or the end and did not take place, each with the reason, as sentences for people.</summary>
    public ImmutableArray<string> Missed { get; init; } = [];
}
