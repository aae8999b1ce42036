namespace Memtrace.Profiles;

/// <summary>Why a recording ended.</summary>
public enum EndReason
{
    /// <summary>The user stopped it.</summary>
    Stopped,

    /// <summary>The requested duration was reached.</summary>
    Duration,

    /// <summary>The target exited.</summary>
    TargetExited,

    /// <summary>The target was killed by a signal.</summary>
    TargetKilled,

    /// <summary>The target was killed by the OOM killer.</summary>
    OutOfMemory,

    /// <summary>The file reached the requested maximum size.</summary>
    SizeLimit,

    /// <summary>The disk is full, or the file reached a limit of the operating system.</summary>
    DiskFull,

    /// <summary>The target closed the stream but continues to run: another tool stopped the session, or the connection broke.</summary>
    StreamEnded,

    /// <summary>The target's stream is damaged and could not be read further.</summary>
    StreamDamaged,

    /// <summary>A reason that this version does not know.</summary>
    Other,
}

/// <summary>The names of end reasons in recordings and machine formats (docs/recording-format.md).</summary>
public static class EndReasonNames
{
    private static readonly Dictionary<EndReason, string> Names = new()
    {
        [EndReason.Stopped] = "stopped",
        [EndReason.Duration] = "duration",
        [EndReason.TargetExited] = "targetExited",
        [EndReason.TargetKilled] = "targetKilled",
        [EndReason.OutOfMemory] = "outOfMemory",
        [EndReason.SizeLimit] = "sizeLimit",
        [EndReason.DiskFull] = "diskFull",
        [EndReason.StreamEnded] = "streamEnded",
        [EndReason.StreamDamaged] = "streamDamaged",
        [EndReason.Other] = "other",
    };

    private static readonly Dictionary<string, EndReason> Reasons = Names.ToDictionary(item => item.Value, item => item.Key, StringComparer.Ordinal);

    /// <summary>The name of a reason.</summary>
    /// <param name="reason">The reason.</param>
    public static string Of(EndReason reason) => Names[reason];

    /// <summary>The name of a reason, or null if there is none.</summary>
    /// <param name="reason">The reason, or null.</param>
    public static string? Of(EndReason? reason) => reason is { } known ? Of(known) : null;

    /// <summary>The reason with a name; <see cref="EndReason.Other"/> if it is not known.</summary>
    /// <param name="name">The name.</param>
    public static EndReason Parse(string name) => Reasons.GetValueOrDefault(name, EndReason.Other);
}
