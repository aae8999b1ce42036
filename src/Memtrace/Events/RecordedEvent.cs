using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>One event of a recording or a live stream, before anybody knows what it means. Valid while it is dispatched; nothing of it is copied.</summary>
internal readonly ref struct RecordedEvent
{
    /// <summary>Seconds after the session's beginning.</summary>
    public required double Seconds { get; init; }

    /// <summary>The thread that the event is about, as the operating system numbers it.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The version of the event's layout, as its provider declares it.</summary>
    public required int Version { get; init; }

    /// <summary>Bytes of a pointer in the recorded process: 4 or 8.</summary>
    public required int PointerSize { get; init; }

    /// <summary>The event's fields as they were recorded.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Return addresses, leaf first; empty where the event has no stack.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }

    /// <summary>A cursor at the first field.</summary>
    public Payload Payload => new(Bytes, PointerSize);

    /// <summary>The event of a stream.</summary>
    /// <param name="data">The event as it stands in the stream.</param>
    /// <param name="trace">What the stream says of itself.</param>
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

/// <summary>Receives the events of one kind.</summary>
/// <param name="data">The event, valid during the call.</param>
internal delegate void EventReceiver(in RecordedEvent data);
