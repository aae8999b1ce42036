using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC heap limit exceeds the container's limit, or the heap will soon reach its limit.</summary>
internal sealed class GcLimitRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "gc-limit";

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile) => Reached(profile) ?? Above(profile);

    private static Conclusion? Reached(MemoryProfile profile)
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
