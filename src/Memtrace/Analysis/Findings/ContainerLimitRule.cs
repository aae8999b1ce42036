using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The container is at its limit, or will be soon.</summary>
internal sealed class ContainerLimitRule : IFindingRule
{
    private const double NearShare = 0.8;
    private const double AtShare = 0.95;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Memory.Container is not { LimitBytes: > 0 and var limit, LeftBytes: { } left } container || limit >= (profile.Memory.Machine?.TotalBytes ?? long.MaxValue))
            return null;
        var growth = profile.Memory.IsOver ? null : profile.Memory.RssGrowth;
        var seconds = Outlook(profile.Memory, growth, left);
        var share = Percent.Share(container.UsedBytes, limit);
        return share >= NearShare || seconds is not null || container.OomKills > 0 ? Conclude(container, left, growth, seconds, share) : null;
    }

    /// <summary>When the container is full; null if that is far off, too far to project, or if the GC heap reaches its own limit first.</summary>
    private static double? Outlook(MemorySummary memory, RssGrowth? growth, long left)
    {
        if (growth is null || (growth.IsGcHeap && memory.GcHeapLeftBytes < left))
            return null;
        return growth.Lasts(left) is < LastingGrowth.SoonSeconds and var seconds ? seconds : null;
    }

    private static Conclusion Conclude(ContainerMemorySummary container, long left, RssGrowth? growth, double? seconds, double share)
    {
        var critical = share >= AtShare || seconds is not null || container.OomKills > 0;
        var outlook = seconds is { } until ? $" The process grows by {ByteSize.FormatRate(growth!.BytesPerSecond)}: at that rate the container is full in {Duration.Format(until)}." : "";
        return new Conclusion(
            new Finding(
                "container-limit",
                critical ? FindingSeverity.Critical : FindingSeverity.Warning,
                $"{Summary(container, seconds)} {Percent.Format(share)} of its {ByteSize.Format(container.LimitBytes!.Value)}.",
                $"{ByteSize.Format(left)} is left; at the limit, the OOM killer ends a process.{Files(container)}{outlook}",
                [
                    new Evidence("usedPercent", 100 * share, EvidenceUnit.Percent),
                    new Evidence("usedBytes", container.UsedBytes, EvidenceUnit.Bytes),
                    new Evidence("limitBytes", container.LimitBytes.Value, EvidenceUnit.Bytes),
                    .. Growth(growth, seconds),
                    .. container.OomKills > 0 ? [new Evidence("oomKills", container.OomKills, EvidenceUnit.Count)] : Array.Empty<Evidence>(),
                ],
                "Raise the limit, or reduce what the other findings name. DOTNET_GCHeapHardLimitPercent keeps the GC heap within a share of the limit."),
            share);
    }

    private static string Summary(ContainerMemorySummary container, double? secondsLeft)
    {
        if (container.OomKills > 0)
            return $"The OOM killer ended {Count.Things(container.OomKills, "process", "processes")} in the container, which used";
        return secondsLeft is { } seconds ? $"The container will be full in {Duration.Format(seconds)}: it uses" : "The container uses";
    }

    private static string Files(ContainerMemorySummary container) => container switch
    {
        { FileBytes: null } => " Cached file pages are included; the kernel drops them first.",
        { ReclaimableBytes: > 0 and var files } => $" {ByteSize.Format(files)} of cached file pages are not included; the kernel drops them first.",
        _ => "",
    };

    private static IEnumerable<Evidence> Growth(RssGrowth? growth, double? seconds)
    {
        if (growth is not null)
            yield return new Evidence("growthBytesPerSecond", growth.BytesPerSecond, EvidenceUnit.BytesPerSecond, growth.ErrorBytesPerSecond);
        if (seconds is { } left)
            yield return new Evidence("secondsLeft", left, EvidenceUnit.Seconds);
    }
}
