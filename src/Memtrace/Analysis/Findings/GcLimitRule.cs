using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC would take more than the container has, or will soon have taken all that it may.</summary>
internal sealed class GcLimitRule : IFindingRule
{
    public Conclusion? Apply(MemoryProfile profile) => Reached(profile) ?? Above(profile);

    private static Conclusion? Reached(MemoryProfile profile)
    {
        if (profile.Memory is not { Headroom: { Owner: HeadroomOwner.GcHeap, ReachedAfterSeconds: < LastingGrowth.SoonSeconds and var seconds, Bytes: var left }, RssGrowth: { } growth }
            || profile.GcSettings?.HeapHardLimitBytes is not { } limit)
            return null;
        return new Conclusion(
            new Finding(
                "gc-limit",
                FindingSeverity.Critical,
                $"The GC heap will be at its limit of {ByteSize.Format(limit)} in {Duration.Format(seconds)}.",
                $"{ByteSize.Format(left)} is left of it, and collections leave more and more: the process grows by {ByteSize.FormatRate(growth.BytesPerSecond)}. "
                    + "At the limit the GC collects all the time, and then allocations end with an OutOfMemoryException.",
                [
                    new Evidence("heapHardLimitBytes", limit, EvidenceUnit.Bytes),
                    new Evidence("leftBytes", left, EvidenceUnit.Bytes),
                    new Evidence("growthBytesPerSecond", growth.BytesPerSecond, EvidenceUnit.BytesPerSecond, growth.ErrorBytesPerSecond),
                    new Evidence("secondsLeft", seconds, EvidenceUnit.Seconds),
                ],
                "Find what grows: record with --live. A higher limit (of the container, or DOTNET_GCHeapHardLimit, which is hexadecimal) only puts it off."),
            Percent.Share(limit - left, limit));
    }

    private static Conclusion? Above(MemoryProfile profile)
    {
        if (profile.GcSettings is not { } settings || profile.Memory.Container is not { LimitBytes: > 0 and var limit }
            || limit >= (profile.Memory.Machine?.TotalBytes ?? long.MaxValue) || settings.HeapHardLimitBytes <= limit)
            return null;
        var title = settings.HeapHardLimitBytes is { } gc
            ? $"The GC may take {ByteSize.Format(gc)}, and the container has {ByteSize.Format(limit)}."
            : $"The GC does not know of the container's limit of {ByteSize.Format(limit)}.";
        return new Conclusion(
            new Finding(
                "gc-limit",
                FindingSeverity.Warning,
                title,
                settings is { HeapHardLimitBytes: not null, HardLimitConfigured: true }
                    ? "Somebody has set the limit of the heap that high. The kernel kills before the GC sees a reason to collect more."
                    : "It takes its own limit from the container's as the process starts: that has been lowered since, or stands where the runtime does not look.",
                [
                    new Evidence("containerLimitBytes", limit, EvidenceUnit.Bytes),
                    .. settings.HeapHardLimitBytes is { } hard ? [new Evidence("heapHardLimitBytes", hard, EvidenceUnit.Bytes)] : Array.Empty<Evidence>(),
                ],
                "Set DOTNET_GCHeapHardLimit, or DOTNET_GCHeapHardLimitPercent (both hexadecimal), so that the heap and what is beside it fit; 75 % is the runtime's own choice."),
            Weight: 0);
    }
}
