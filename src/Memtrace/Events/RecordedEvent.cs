using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>An undecoded event of a recording or a live stream. Not a copy: valid only while it is dispatched.</summary>
internal readonly ref struct RecordedEvent
{
    /// <summary>Seconds after the start of the session.</summary>
    public required double Seconds { get; init; }

    /// <summary>The operating system's id of the event's thread.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The version of the event's layout, as its provider declares it.</summary>
    public required int Version { get; init; }

    /// <summary>Pointer size of the recorded process: 4 or 8 bytes.</summary>
    public required int PointerSize { get; init; }

    /// <summary>The encoded fields.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Return addresses, leaf first; empty without a stack.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }

    /// <summary>A cursor at the first field.</summary>
    public Payload Payload => new(Bytes, PointerSize);

    /// <summary>Converts an event of a stream.</summary>
    /// <param name="data">The event.</param>
    /// <param name="trace">The stream's Trace block.</param>
    public static RecordedEvent Of(in NettraceEvent data, TraceObject trace) => new()
    {
        Seconds = trace.SecondsAt(data.Timestamp),
        ThreadId = unchecked((int)data.ThreadId),
        Version = data.Type.Version,
        PointerSize = trace.PointerSize,
        Bytes = data.Payload,
        Stack = data.Stack,
    };
}

/// <summary>Receives the events of one type.</summary>
/// <param name="data">The event, valid only during the call.</param>
internal delegate void EventReceiver(in RecordedEvent data);
