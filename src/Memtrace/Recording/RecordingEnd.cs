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
}

/// <summary>How a recording ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="ExitCode">The target's exit code where it exited and the code is known.</param>
/// <param name="Signal">The signal that killed the target where one did and it is known.</param>
/// <param name="Detail">More in plain words, or null.</param>
public sealed record RecordingEnd(EndReason Reason, int? ExitCode = null, int? Signal = null, string? Detail = null);

/// <summary>How reasons stand in a recording.</summary>
internal static class EndReasons
{
    /// <summary>The reason as the event <c>End</c> has it (docs/recording-format.md).</summary>
    public static string ToEventText(this EndReason reason)
    {
        var name = reason.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
