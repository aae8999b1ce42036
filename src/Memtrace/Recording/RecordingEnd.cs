namespace Memtrace.Recording;

/// <summary>Why a recording ended.</summary>
public enum EndReason
{
    /// <summary>The user stopped it.</summary>
    Stopped,

    /// <summary>The duration that was asked for is over.</summary>
    Duration,

    /// <summary>The target exited by itself.</summary>
    TargetExited,

    /// <summary>The target was killed by a signal.</summary>
    TargetKilled,

    /// <summary>The kernel killed the target for want of memory.</summary>
    OutOfMemory,

    /// <summary>The file reached the size that was asked for.</summary>
    SizeLimit,

    /// <summary>The disk is full, or the file reached a limit of the operating system.</summary>
    DiskFull,

    /// <summary>The target closed the stream though it goes on: another tool stopped the session, or the connection broke.</summary>
    StreamEnded,

    /// <summary>The target's stream is damaged: it could not be read any further.</summary>
    StreamDamaged,
}

/// <summary>How a recording ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="ExitCode">The target's exit code where it exited and the code is known.</param>
/// <param name="Signal">The signal that killed the target where one did and it is known.</param>
/// <param name="Detail">More in plain words, or null.</param>
public sealed record RecordingEnd(EndReason Reason, int? ExitCode = null, int? Signal = null, string? Detail = null)
{
    /// <summary>The reason as it stands in a recording (docs/recording-format.md).</summary>
    private string ReasonText
    {
        get
        {
            var name = Reason.ToString();
            return char.ToLowerInvariant(name[0]) + name[1..];
        }
    }

    /// <summary>The event that says so in a recording.</summary>
    internal Events.RecordingEnd ToEvent() => new(0, ReasonText, ExitCode ?? -1, Signal ?? 0, Detail ?? "");
}
