using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>The limits of a profile, in plain words.</summary>
public static class Caveats
{
    /// <summary>The caveats of a profile, most important first; none if it has no limits.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return [.. Find(profile)];
    }

    /// <summary>Those that a live view shows: it has a figure for lost events, and a stream that continues always ends early.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> WhileWatched(MemoryProfile profile) =>
        [.. Of(profile).Where(caveat => caveat.Kind is CaveatKind.OutOfMemory or CaveatKind.SurvivalStopped or CaveatKind.UnknownSurvival or CaveatKind.TrackingRate or CaveatKind.CutStacks or CaveatKind.FoldedStacks)];

    private static IEnumerable<Caveat> Find(MemoryProfile profile)
    {
        var recording = profile.Recording;
        if (profile.Memory.Container is { OomKills: > 0 } container)
            yield return new(CaveatKind.OutOfMemory, $"The OOM killer ended {Count.Things(container.OomKills, "process", "processes")} in the container.");
        if (recording.Damage is { } damage)
            yield return new(CaveatKind.Truncated, $"The file is damaged: {damage}. The report covers what comes before.");
        else if (!recording.Complete)
            yield return new(CaveatKind.Truncated, "The file ends early: the report covers what was written until then.");
        if (recording.LostEvents > 0)
            yield return new(CaveatKind.LostEvents, $"The runtime dropped {Count.Things(recording.LostEvents, "event", "events")}: amounts are too low. Either its buffer was full (a larger buffer helps), "
                    + "or events were too large to send, such as those of types whose name has more than 32,000 characters (these are missing altogether).");
        if (profile.Allocations.Sampling == AllocationSampling.Tick)
            yield return new(CaveatKind.Ticks, "Allocations are known from ticks, one per 100 KB or so: biased if allocation follows a pattern, so no error can be stated.");
        if (recording.SurvivalStopped is { } reason)
            yield return new(CaveatKind.SurvivalStopped, $"Survival was recorded only in part: {reason.TrimEnd('.')}." + KnownUntil(profile.Live));
        if (profile.Live is { UnknownSurvival: > 0 and var unknown })
            yield return new(CaveatKind.UnknownSurvival, $"Lost events hide whether {Count.Things(unknown, "sampled object", "sampled objects")} survived: they are not in any figure of live objects.");
        if (profile.Live is { TrackingRate: < 1 and var followed })
            yield return new(CaveatKind.TrackingRate, $"Only {Percent.Format(followed)} of the samples were followed, chosen at random and reweighted to represent all.");
        if (ShareOf(profile.Allocations, stack => stack.IsCut) is > 0 and var cut)
            yield return new(CaveatKind.CutStacks, $"{Percent.Format(cut)} of the allocated bytes have stacks of more than 100 frames: the callers beyond were not recorded, so trees and filters do not see them.");
        if (ShareOf(profile.Allocations, stack => stack.IsFolded) is > 0 and var folded)
            yield return new(CaveatKind.FoldedStacks, $"{Percent.Format(folded)} of the allocated bytes have rare call paths, which are shown as one below their frequent callers to bound memory.");
        if (recording.UnresolvedFrames > 0)
            yield return new(CaveatKind.UnresolvedFrames, $"{Count.Format(recording.UnresolvedFrames)} of {Count.Things(recording.Frames, "stack frame has", "stack frames have")} no method name.");
    }

    private static double ShareOf(AllocationProfile allocations, Func<CallStack, bool> matches) => Percent.Share(
        allocations.Stacks.Where(item => item.Stack is { } stack && matches(stack)).Sum(item => item.Allocated.Bytes), allocations.Total.Bytes);

    private static string KnownUntil(LiveHeapProfile? live) =>
        live is null ? "" : $" Live objects are known until {Duration.Format(live.End.AtSeconds)}.";
}
