using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>How a recording ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="ExitCode">The target's exit code, if it exited and the code is known.</param>
/// <param name="Signal">The signal that killed the target, if one did and it is known.</param>
/// <param name="Detail">More in plain words, or null.</param>
public sealed record RecordingEnd(EndReason Reason, int? ExitCode = null, int? Signal = null, string? Detail = null)
{
    /// <summary>Whether the target's last events are missing, because it did not answer the request to stop.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The event for the recording.</summary>
    internal EndEvent ToEvent() => new(0, Reason, ExitCode, Signal, Detail ?? "") { IsTruncated = IsTruncated };
}
