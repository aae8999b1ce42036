using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>What a stream says about itself before its first event.</summary>
/// <param name="StartedAt">When the session began, UTC. Event times count from here.</param>
/// <param name="ProcessId">The recorded process, as it sees itself; 0 where unknown.</param>
/// <param name="ProcessorCount">Logical processors that the process sees; 0 where unknown.</param>
/// <param name="PointerSize">4 or 8 bytes.</param>
internal readonly record struct RecordingHeader(DateTimeOffset StartedAt, int ProcessId, int ProcessorCount, int PointerSize);

/// <summary>What is known once a stream has been read to its end.</summary>
/// <param name="Terminated">Whether the stream ends with the format's end mark; false where it was cut off.</param>
/// <param name="LostEvents">Events that the runtime dropped, from the gaps in the sequence numbers.</param>
/// <param name="EndSeconds">Time of the last event of any kind, in seconds after the session's beginning.</param>
internal readonly record struct ReadingSummary(bool Terminated, long LostEvents, double EndSeconds)
{
    /// <summary>The other .NET processes that the file holds, those with the most events first.</summary>
    public ImmutableArray<OtherProcess> OtherProcesses { get; init; } = [];

    /// <summary>What is wrong with the stream and where, if it could not be read to its end, or null.</summary>
    public string? Damage { get; init; }

    /// <summary>Whether there is no event of any kind: a session that was stopped in good order has at least those of its stop.</summary>
    public bool IsEmpty { get; init; }
}
