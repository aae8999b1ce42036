using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>SurvivalStopped</c>: survival events end before the recording does.</summary>
/// <param name="Seconds">Seconds since the start of the session.</param>
/// <param name="PauseMs">The pause that was too long, in milliseconds.</param>
/// <param name="Detail">Why, in plain words.</param>
internal readonly record struct SurvivalStop(double Seconds, double PauseMs, string Detail) : IBounded
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.SurvivalStopped,
        "SurvivalStopped",
        ("PauseMs", FieldType.Double),
        ("Detail", FieldType.String));

    /// <inheritdoc/>
    public bool IsPossible => PauseMs >= 0 && Bounds.IsTime(PauseMs / 1000);

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter().Double(PauseMs).Utf16(Detail).Written.ToArray();

    public static SurvivalStop Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new SurvivalStop(data.Seconds, payload.ReadDouble(), payload.ReadString().ToString());
    }
}

/// <summary>The recorder's event <c>End</c>: why the recording ended.</summary>
/// <param name="Seconds">Seconds since the start of the session.</param>
/// <param name="Reason">The reason.</param>
/// <param name="ExitCode">The target's exit code; null if it has none or it is unknown.</param>
/// <param name="Signal">The signal that killed the target; null if none did.</param>
/// <param name="Detail">More in plain words, or empty. For <see cref="EndReason.Other"/>, the name of the reason.</param>
internal readonly record struct EndEvent(double Seconds, EndReason Reason, int? ExitCode, int? Signal, string Detail)
{
    private const int NoExitCode = -1, NoSignal = 0;

    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.End,
        "End",
        ("Reason", FieldType.String),
        ("ExitCode", FieldType.Int32),
        ("Signal", FieldType.Int32),
        ("Detail", FieldType.String),
        ("Truncated", FieldType.Int32));

    /// <summary>Whether the target's last events are missing, because it did not answer the request to stop.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter()
        .Utf16(EndReasonNames.Of(Reason))
        .Int32(ExitCode ?? NoExitCode)
        .Int32(Signal ?? NoSignal)
        .Utf16(Detail)
        .Int32(IsTruncated ? 1 : 0)
        .Written.ToArray();

    /// <summary>Reads the event. Without its last field, nothing is missing.</summary>
    public static EndEvent Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        var name = payload.ReadString().ToString();
        var reason = EndReasonNames.Parse(name);
        var (exitCode, signal, detail) = (payload.ReadInt32(), payload.ReadInt32(), payload.ReadString().ToString());
        return new EndEvent(
            data.Seconds,
            reason,
            exitCode == NoExitCode ? null : exitCode,
            signal == NoSignal ? null : signal,
            reason == EndReason.Other && detail.Length == 0 ? name : detail)
        {
            IsTruncated = payload.ReadInt32() == 1,
        };
    }
}
