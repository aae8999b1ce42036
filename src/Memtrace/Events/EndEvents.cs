using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>SurvivalStopped</c>: survival events end here, before the recording does.</summary>
/// <param name="Seconds">Seconds after the session's beginning.</param>
/// <param name="PauseMs">The pause that was too long, in milliseconds.</param>
/// <param name="Detail">Why, in plain words.</param>
internal readonly record struct SurvivalStop(double Seconds, double PauseMs, string Detail)
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.SurvivalStopped,
        "SurvivalStopped",
        ("PauseMs", FieldType.Double),
        ("Detail", FieldType.String));

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter().Double(PauseMs).Utf16(Detail).Written.ToArray();

    public static SurvivalStop Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new SurvivalStop(data.Seconds, payload.ReadDouble(), payload.ReadString().ToString());
    }
}

/// <summary>The recorder's event <c>End</c>: why the recording ended.</summary>
/// <param name="Seconds">Seconds after the session's beginning.</param>
/// <param name="Reason">The reason, as docs/recording-format.md lists them.</param>
/// <param name="ExitCode">The target's exit code; -1 where it has none or it is unknown.</param>
/// <param name="Signal">The signal that killed the target; 0 where none did.</param>
/// <param name="Detail">More in plain words, or empty.</param>
internal readonly record struct RecordingEnd(double Seconds, string Reason, int ExitCode, int Signal, string Detail)
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.End,
        "End",
        ("Reason", FieldType.String),
        ("ExitCode", FieldType.Int32),
        ("Signal", FieldType.Int32),
        ("Detail", FieldType.String));

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter().Utf16(Reason).Int32(ExitCode).Int32(Signal).Utf16(Detail).Written.ToArray();

    public static RecordingEnd Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new RecordingEnd(
            data.Seconds, payload.ReadString().ToString(), payload.ReadInt32(), payload.ReadInt32(), payload.ReadString().ToString());
    }
}
