using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC would take more than the container has.</summary>
internal sealed class GcLimitRule : IFindingRule
{
    public Conclusion? Apply(MemoryProfile profile)
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
                "Set DOTNET_GCHeapHardLimit, or DOTNET_GCHeapHardLimitPercent, so that the heap and what is beside it fit; 75 % is the runtime's own choice."),
            Weight: 0);
    }
}
