using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>The answer to the question whether a process leaks.</summary>
public enum LeakAnswer
{
    /// <summary>The recording lacks the evidence for either answer.</summary>
    Unknown,

    /// <summary>Memory grows, and full collections do not free it, or it is not managed memory.</summary>
    Leaking,

    /// <summary>Full collections left as much at the end as at the beginning, and nothing outside of the GC heap grows.</summary>
    NotLeaking,
}

/// <summary>The evidence that a recording lacks.</summary>
public enum LeakGap
{
    /// <summary>None.</summary>
    None,

    /// <summary>The recording has no events of the garbage collector.</summary>
    NoCollectorEvents,

    /// <summary>No full collection took place: garbage and live objects cannot be told apart.</summary>
    NoFullCollection,

    /// <summary>Only one full collection took place, or all of them within a few seconds: there is nothing to compare it with.</summary>
    OneFullCollection,

    /// <summary>More was left at the end than at the beginning, but not enough to distinguish a leak from a cache that fills up.</summary>
    UnprovenGrowth,

    /// <summary>Survival was recorded for a part of the time only, or lost events hide much of it.</summary>
    IncompleteSurvival,

    /// <summary>The runtime dropped events.</summary>
    LostEvents,
}

/// <summary>Whether a process leaks, as far as a recording can tell. The criteria are in docs/findings.md. Immutable.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Gap">What is missing for an answer; <see cref="LeakGap.None"/> where there is one.</param>
/// <param name="FullCollections">Full collections in the window.</param>
public sealed record LeakVerdict(LeakAnswer Answer, LeakGap Gap, int FullCollections)
{
    /// <summary>The findings that say that memory leaks, by their ids; empty unless it does.</summary>
    public ImmutableArray<string> Findings { get; init; } = [];

    /// <summary>Bytes of objects that the last full collection left beyond those that the first one left; null with fewer than two.</summary>
    public long? RiseBytes { get; init; }

    /// <summary>The time between the first full collection and the last, in seconds; null with fewer than two.</summary>
    public double? Seconds { get; init; }

    /// <summary>
    /// Bytes of objects on the GC heap that are older than the recording, which therefore has neither a type nor a call site of them: at least this many.
    /// Null if the heap's size is unknown.
    /// </summary>
    public long? OlderBytes { get; init; }

    /// <summary>How long a recording with survival data has to be for an answer, at what was observed; null if its length is not what is missing.</summary>
    internal double? NeededSeconds { get; init; }

    /// <summary>Whether a full collection in the window found <see cref="OlderBytes"/> alive; otherwise some of them may be garbage.</summary>
    public bool OlderSurvived { get; init; }
}
