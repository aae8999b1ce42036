using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>What keeps a profile from being the whole truth, in plain words.</summary>
public static class Caveats
{
    /// <summary>The caveats of a profile, weightiest first; none where all is well.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return [.. Find(profile)];
    }

    /// <summary>Those that a live view has no figure for: it tells lost events by their number, and a stream that goes on ends early by its nature.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> WhileWatched(MemoryProfile profile) =>
        [.. Of(profile).Where(caveat => caveat.Kind is CaveatKind.OutOfMemory or CaveatKind.SurvivalStopped or CaveatKind.UnknownSurvival or CaveatKind.TrackingRate)];

    private static IEnumerable<Caveat> Find(MemoryProfile profile)
    {
        var recording = profile.Recording;
        if (profile.Memory.Container is { OomKills: > 0 } container)
            yield return new(CaveatKind.OutOfMemory, $"The kernel killed {Count.Things(container.OomKills, "process", "processes")} of the container for want of memory.");
        if (recording.Damage is { } damage)
            yield return new(CaveatKind.Truncated, $"The file is damaged: {damage}. The report covers what comes before.");
        else if (!recording.Complete)
            yield return new(CaveatKind.Truncated, Truncation(recording));
        if (recording.ImpossibleEvents > 0)
            yield return new(CaveatKind.ImpossibleEvents, $"{Count.Things(recording.ImpossibleEvents, "event has", "events have")} impossible figures or times and {(recording.ImpossibleEvents == 1 ? "was" : "were")} ignored: the file is damaged or forged.");
        if (recording.DroppedStacks > 0)
            yield return new(CaveatKind.DroppedStacks, $"{Count.Things(recording.DroppedStacks, "stack", "stacks")} did not fit in memory: their events are shown without a stack.");
        if (recording.LostEvents > 0)
            yield return new(CaveatKind.LostEvents, $"The runtime dropped {Count.Things(recording.LostEvents, "event", "events")}, its buffer was full: amounts are too low. Record with a larger --buffersize.");
        if (profile.Allocations.Sampling == AllocationSampling.Tick)
            yield return new(CaveatKind.Ticks, "Allocations come from ticks, one for each 100 KB or so: biased where allocation follows a pattern, and no error can be stated.");
        if (recording.SurvivalStopped is { } reason)
            yield return new(CaveatKind.SurvivalStopped, $"Survival was {(recording.SurvivalTracking ? "recorded in part only" : "not recorded")}: {reason.TrimEnd('.')}." + KnownUntil(profile.Live));
        if (profile.Live is { UnknownSurvival: > 0 and var unknown })
            yield return new(CaveatKind.UnknownSurvival, $"Lost events hide whether {Count.Things(unknown, "sampled object", "sampled objects")} survived: no figure of what lives has them.");
        if (profile.Live is { TrackingRate: < 1 and var followed })
            yield return new(CaveatKind.TrackingRate, $"Not all samples could be followed: {Percent.Format(followed)} of them were, chosen at random, and weighed up.");
        if (recording.UnresolvedFrames > 0)
            yield return new(CaveatKind.UnresolvedFrames, $"{Count.Format(recording.UnresolvedFrames)} of {Count.Things(recording.Frames, "stack frame has", "stack frames have")} no method name.");
    }

    private static string Truncation(RecordingDescription recording) => recording.EndReason is null
        ? "The file ends early: this is what had been written by then."
        : "The process did not answer the request to stop: its last events are missing.";

    private static string KnownUntil(LiveHeapProfile? live) =>
        live is null ? "" : $" What lives is known until {Duration.Format(live.End.AtSeconds)}.";
}
