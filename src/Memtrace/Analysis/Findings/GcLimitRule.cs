using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC heap is at its hard limit, or will be soon; or that limit exceeds the container's.</summary>
internal sealed class GcLimitRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "gc-limit";

    /// <summary>At the limit, the GC has committed all of it but what is too little for another region or segment.</summary>
    private const double AtShare = 0.9;

    /// <summary>An unhandled OutOfMemoryException, like any other, ends the process with it.</summary>
    private const int Abort = 6;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile) => Exhausted(profile) ?? Approached(profile) ?? Above(profile);

    private static Conclusion? Exhausted(MemoryProfile profile)
    {
        if (profile.GcSettings?.HeapHardLimitBytes is not { } limit || profile.Memory.GcCommitted?.CurrentBytes is not { } committed || committed < AtShare * limit
            || profile.Collections.Items is not [.., var last] || !IsOutOfSpace(last) && profile.Recording.Signal != Abort || !MayHaveFailed(profile.Recording))
            return null;
        var attempts = profile.Collections.Items.Count(IsOutOfSpace);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Critical,
                profile.Recording.ProcessHasEnded
                    ? $"The process ended when the GC heap had reached its limit of {ByteSize.Format(limit)}."
                    : $"The GC heap has reached its limit of {ByteSize.Format(limit)}.",
                $"The GC had committed {ByteSize.Format(committed)} {Attempts(attempts, last)}. "
                    + "If a full collection frees too little then, the allocation fails with OutOfMemoryException, which ends the process with SIGABRT unless it is caught.",
                [
                    new Evidence("heapHardLimitBytes", limit, Unit.Bytes),
                    new Evidence("committedBytes", committed, Unit.Bytes),
                    new Evidence("outOfSpaceCollections", attempts, Unit.Amount),
                ],
                $"Find what fills the heap. A higher limit ({Source(profile.GcSettings)}) helps only if the program needs that much. DOTNET_DbgEnableMiniDump=1 writes a core dump when the exception ends the process.")
            {
                Next = [NextStep.TakeHeapSnapshot, NextStep.RecordSurvivalAndCollect],
            },
            Percent.Share(committed, limit));
    }

    /// <summary>The last events of a process that aborts are not always sent.</summary>
    private static string Attempts(int count, GarbageCollection last) => count > 0
        ? $"and found no more space, {Count.Things(count, "time", "times")} in all, the last time at {Duration.Format(last.StartSeconds)}"
        : $"after the last recorded collection, at {Duration.Format(last.StartSeconds)}";

    private static bool IsOutOfSpace(GarbageCollection collection) =>
        collection.Reason is nameof(CollectionReason.OutOfSpaceSOH) or nameof(CollectionReason.OutOfSpaceLOH);

    /// <summary>Whether the process can have ended by an exception, or still runs.</summary>
    private static bool MayHaveFailed(RecordingDescription recording) => recording.EndReason switch
    {
        EndReason.OutOfMemory => false,
        EndReason.TargetKilled => recording.Signal is null or Abort,
        EndReason.TargetExited => recording.ExitCode != 0,
        _ => true,
    };

    private static string Source(GcSettings settings) => settings.HardLimitConfigured
        ? "DOTNET_GCHeapHardLimit or DOTNET_GCHeapHardLimitPercent, both hexadecimal"
        : "of the container, of which the GC takes 75%, or DOTNET_GCHeapHardLimitPercent, which is hexadecimal";

    private static Conclusion? Approached(MemoryProfile profile)
    {
        if (profile.Memory is not { Headroom: { Owner: HeadroomOwner.GcHeap, ReachedAfterSeconds: < LastingGrowth.SoonSeconds and var seconds, Bytes: var left }, RssGrowth: { } growth }
            || profile.GcSettings?.HeapHardLimitBytes is not { } limit)
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Critical,
                $"The GC heap will reach its limit of {ByteSize.Format(limit)} in {Duration.Format(seconds)}.",
                $"{ByteSize.Format(left)} is left, and more survives each collection: the process grows by {ByteSize.FormatRate(growth.BytesPerSecond)}. "
                    + "At the limit the GC collects continuously, and then allocations fail with OutOfMemoryException.",
                [
                    new Evidence("heapHardLimitBytes", limit, Unit.Bytes),
                    new Evidence("leftBytes", left, Unit.Bytes),
                    new Evidence("growthBytesPerSecond", growth.BytesPerSecond, Unit.BytesPerSecond, growth.ErrorBytesPerSecond),
                    new Evidence("secondsLeft", seconds, Unit.Seconds),
                ],
                "Find what grows. A higher limit (of the container, or DOTNET_GCHeapHardLimit, which is hexadecimal) only delays the problem.")
            {
                Next = [NextStep.RecordSurvivalAndCollect],
            },
            Percent.Share(limit - left, limit));
    }

    private static Conclusion? Above(MemoryProfile profile)
    {
        if (profile.GcSettings is not { } settings || profile.Memory.Container is not { LimitBytes: > 0 and var limit }
            || limit >= (profile.Memory.Machine?.TotalBytes ?? long.MaxValue) || settings.HeapHardLimitBytes <= limit)
            return null;
        var title = settings.HeapHardLimitBytes is { } gc
            ? $"The GC heap limit of {ByteSize.Format(gc)} exceeds the container's limit of {ByteSize.Format(limit)}."
            : $"The GC does not know the container's limit of {ByteSize.Format(limit)}.";
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                title,
                settings is { HeapHardLimitBytes: not null, HardLimitConfigured: true }
                    ? "The heap limit is configured this high. The OOM killer kills the process before the GC has a reason to collect more."
                    : "The GC derives its limit from the container's when the process starts: the container's limit has been lowered since, or is set where the runtime does not read it.",
                [
                    new Evidence("containerLimitBytes", limit, Unit.Bytes),
                    .. settings.HeapHardLimitBytes is { } hard ? [new Evidence("heapHardLimitBytes", hard, Unit.Bytes)] : Array.Empty<Evidence>(),
                ],
                "Set DOTNET_GCHeapHardLimit or DOTNET_GCHeapHardLimitPercent (both hexadecimal) so that the heap and all other memory fit; the runtime's default is 75%."),
            Weight: 0);
    }
}
