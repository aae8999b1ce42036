using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>BreakdownDropped</c>: a snapshot of the memory map is missing.</summary>
/// <param name="Seconds">When, in seconds since the start of the recording.</param>
/// <param name="Reason">Why: <see cref="TooSlow"/> or <see cref="Contradictory"/>.</param>
internal readonly record struct BreakdownDrop(double Seconds, string Reason)
{
    /// <summary>Reading the memory map took too long.</summary>
    public const string TooSlow = "tooSlow";

    /// <summary>The memory map contradicted the resident set: the process changed too much while it was read.</summary>
    public const string Contradictory = "contradictory";

    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new((int)RecorderEvent.BreakdownDropped, "BreakdownDropped", ("Reason", FieldType.String));

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter().Utf16(Reason).Written.ToArray();

    /// <summary>Reads the event.</summary>
    public static BreakdownDrop Read(in RecordedEvent data) => new(data.Seconds, data.Payload.ReadString().ToString());
}
