using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>What a stream declares before its first event.</summary>
/// <param name="StartedAt">Start of the session, UTC. Event times are relative to it.</param>
/// <param name="ProcessId">The recorded process, as it sees itself; 0 if unknown.</param>
/// <param name="ProcessorCount">Logical processors that the process sees; 0 if unknown.</param>
/// <param name="PointerSize">4 or 8 bytes.</param>
internal readonly record struct RecordingHeader(DateTimeOffset StartedAt, int ProcessId, int ProcessorCount, int PointerSize);

/// <summary>The result of reading a stream to its end.</summary>
/// <param name="Terminated">Whether the stream ends with an end mark; false if it is truncated.</param>
/// <param name="LostEvents">Events that the runtime dropped, from the gaps in the sequence numbers.</param>
/// <param name="EndSeconds">Time of the last event of any type, in seconds since the start of the session.</param>
internal readonly record struct ReadingSummary(bool Terminated, long LostEvents, double EndSeconds)
{
    /// <summary>The other .NET processes in the file, those with the most events first.</summary>
    public ImmutableArray<OtherProcess> OtherProcesses { get; init; } = [];

    /// <summary>What is wrong with the stream and where, if it could not be read to its end; otherwise null.</summary>
    public string? Damage { get; init; }

    /// <summary>Events dropped because of impossible figures or times.</summary>
    public long ImpossibleEvents { get; init; }

    /// <summary>Stacks dropped because there were more than fit in memory.</summary>
    public long DroppedStacks { get; init; }

    /// <summary>The most that the events can have taken in the runtime's buffer; null if unknown.</summary>
    public long? BufferedBytes { get; init; }

    /// <summary>Whether there are no events at all: a session that was stopped properly has at least those of its stop.</summary>
    public bool IsEmpty { get; init; }
}
