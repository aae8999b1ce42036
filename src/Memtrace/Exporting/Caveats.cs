using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>The limitations of a profile in plain words.</summary>
internal static class Caveats
{
    /// <summary>Every process has a few dead objects that wait for their finalizers.</summary>
    private const long LeastFinalizableBytes = 1 << 20;

    /// <summary>The limitations of a profile, the most important first.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return [.. Find(profile)];
    }

    /// <summary>Those that a live view has no figure for: it shows the number of lost events, and a running stream has no end yet.</summary>
    /// <param name="profile">The profile.</param>
    public static ImmutableArray<Caveat> WhileWatched(MemoryProfile profile) =>
        [.. Of(profile).Where(caveat => caveat.Kind is CaveatKind.OutOfMemory or CaveatKind.AheadOfTime or CaveatKind.SurvivalStopped or CaveatKind.UnknownSurvival or CaveatKind.KeptForFinalizers or CaveatKind.TrackingRate or CaveatKind.CutStacks or CaveatKind.FoldedStacks)];

    private static IEnumerable<Caveat> Find(MemoryProfile profile)
    {
        var recording = profile.Recording;
        if (profile.Memory.Container is { OomKills: > 0 } container)
            yield return new(CaveatKind.OutOfMemory, $"The OOM killer killed {Count.Things(container.OomKills, "process", "processes")} in the container.");
        if (recording.Damage is { } damage)
            yield return new(CaveatKind.Truncated, $"The file is damaged: {damage}. The report covers the part before the damage.");
        else if (!recording.Complete)
            yield return new(CaveatKind.Truncated, Truncation(recording));
        if (recording.ImpossibleEvents > 0)
            yield return new(CaveatKind.ImpossibleEvents, $"{Count.Things(recording.ImpossibleEvents, "event has", "events have")} impossible figures or times and {(recording.ImpossibleEvents == 1 ? "was" : "were")} ignored: the file is damaged or forged.");
        if (recording.DroppedStacks > 0)
            yield return new(CaveatKind.DroppedStacks, $"{Count.Things(recording.DroppedStacks, "stack", "stacks")} did not fit in memory: their events are shown without a stack.");
        if (recording.LostEvents > 0)
            yield return new(CaveatKind.LostEvents, $"The runtime dropped {Count.Things(recording.LostEvents, "event", "events")}: amounts are too low. {Loss(recording.LossCause)}") { Next = recording.LossCause == EventLossCause.TooLarge ? null : NextStep.EnlargeBuffer };
        if (profile.Process.IsAheadOfTime == true)
            yield return new(CaveatKind.AheadOfTime, "The program is compiled ahead of time (NativeAOT): its events have no type names or stacks, and do not show what survives.");
        if (profile.Allocations.Sampling == AllocationSampling.Tick)
            yield return new(CaveatKind.Ticks, "Allocated amounts come from allocation ticks, about one per 100 KB: they are biased if allocations follow a pattern, and their error is unknown.");
        if (recording.SurvivalStopped is { } reason)
            yield return new(CaveatKind.SurvivalStopped, $"Survival was {(recording.SurvivalTracking ? "recorded only in part" : "not recorded")}: {reason.TrimEnd('.')}." + KnownUntil(profile.Live));
        if (profile.Live is { UnknownSurvival: > 0 and var unknown })
            yield return new(CaveatKind.UnknownSurvival, $"Because of lost events, the survival of {Count.Things(unknown, "sampled object is", "sampled objects is")} unknown: live bytes do not include them.");
        if (profile.Live is not null && profile.Heap.LastOrDefault(point => point.Generation == 2) is { FinalizationBytes: >= LeastFinalizableBytes and var kept } full)
            yield return new(CaveatKind.KeptForFinalizers, $"{ByteSize.Format(kept)} count as live although the full collection at {Duration.Format(full.Seconds)} found nothing that holds them: they wait for finalizers.");
        if (profile.Live is { TrackingRate: < 1 and var tracked })
            yield return new(CaveatKind.TrackingRate, $"Only {Percent.Format(tracked)} of the samples were tracked, chosen at random; live bytes are scaled up accordingly.");
        if (profile.Allocations.CutShare is > 0 and var cut)
            yield return new(CaveatKind.CutStacks, $"{Percent.Format(cut)} of the allocated bytes have stacks of more than 100 frames: the callers beyond that were not recorded, so call trees and filters do not include them.");
        if (FoldedShare(profile.Allocations) is > 0 and var folded)
            yield return new(CaveatKind.FoldedStacks, $"{Percent.Format(folded)} of the allocated bytes have rare call paths, which are merged below their frequent callers to limit memory use.");
        if (recording.UnresolvedFrames > 0)
            yield return new(CaveatKind.UnresolvedFrames, $"{Count.Format(recording.UnresolvedFrames)} of {Count.Things(recording.Frames, "stack frame", "stack frames")} {(recording.UnresolvedFrames == 1 ? "has" : "have")} no method name.");
    }

    private static double FoldedShare(AllocationProfile allocations) =>
        Percent.Share(allocations.Stacks.Where(item => item.Stack is { IsFolded: true }).Sum(item => item.Allocated.Bytes), allocations.Total.Bytes);

    private static string Loss(EventLossCause cause) => cause == EventLossCause.TooLarge
        ? "Its buffer was never full: these events were too large to send, such as those of types whose name has more than 32,000 characters, which are missing altogether."
        : "Either its buffer was full, or events were too large to send, such as those of types whose name has more than 32,000 characters (these are missing altogether). Record with a larger buffer.";

    private static string Truncation(RecordingDescription recording) => recording.EndReason is null
        ? "The file is truncated: the report covers what was written before the end."
        : "The process did not answer the request to stop: its last events are missing.";

    private static string KnownUntil(LiveHeapProfile? live) =>
        live is null ? "" : $" The live heap is known until {Duration.Format(live.End.AtSeconds)}.";
}
