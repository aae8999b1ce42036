using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The container is at its limit, or will be soon.</summary>
internal sealed class ContainerLimitRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "container-limit";

    private const double NearShare = 0.8;
    private const double AtShare = 0.95;

    /// <summary>Below this share of the container's growth, the growth is not attributed to the process.</summary>
    private const double ProcessShare = 0.5;

    /// <summary>From this share of the usage on, the finding mentions what other processes use.</summary>
    private const double LeastOthers = 0.2;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Memory.Container is not { LimitBytes: > 0 and var limit, LeftBytes: { } left } container || limit >= (profile.Memory.Machine?.TotalBytes ?? long.MaxValue))
            return null;
        var filling = Filling.Of(profile.Memory, container, left);
        var share = Percent.Share(container.UsedBytes, limit);
        return share >= NearShare || filling?.Seconds is not null || container.OomKills > 0 ? Conclude(profile.Memory, container, left, filling, share) : null;
    }

    private static Conclusion Conclude(MemorySummary memory, ContainerMemorySummary container, long left, Filling? filling, double share)
    {
        var critical = share >= AtShare || filling?.Seconds is not null || container.OomKills > 0;
        return new Conclusion(
            new Finding(
                RuleId,
                critical ? FindingSeverity.Critical : FindingSeverity.Warning,
                $"{Summary(container, filling?.Seconds)} {Percent.Format(share)} of its {ByteSize.Format(container.LimitBytes!.Value)}.",
                $"{ByteSize.Format(left)} is left; at the limit, the OOM killer kills a process.{Files(container)}{Others(memory, container)}{Kernel(container)}{filling?.Sentence}",
                [
                    new Evidence("usedPercent", 100 * share, Unit.Percent),
                    new Evidence("usedBytes", container.UsedBytes, Unit.Bytes),
                    new Evidence("limitBytes", container.LimitBytes.Value, Unit.Bytes),
                    .. IsKernels(container) ? [new Evidence("kernelBytes", container.KernelBytes!.Value, Unit.Bytes)] : Array.Empty<Evidence>(),
                    .. OthersBytes(memory, container) is { } others ? [new Evidence("otherProcessesBytes", others, Unit.Bytes)] : Array.Empty<Evidence>(),
                    .. Growth(filling),
                    .. container.OomKills > 0 ? [new Evidence("oomKills", container.OomKills, Unit.Amount)] : Array.Empty<Evidence>(),
                ],
                Advice(memory, container, filling)),
            share);
    }

    private static string Advice(MemorySummary memory, ContainerMemorySummary container, Filling? filling)
    {
        if (IsKernels(container))
            return "Look for sockets and pipes whose data nobody reads, and for files that are created and deleted in large numbers. The GC heap is not the cause.";
        return filling is { IsOthers: true } || OthersBytes(memory, container) > container.UsedBytes / 2
            ? "Look for what else runs in the container (ps), or raise the limit: this process cannot free what others use."
            : "Raise the limit, or reduce what the other findings name. DOTNET_GCHeapHardLimitPercent limits the GC heap to a share of it.";
    }

    private static string Summary(ContainerMemorySummary container, double? secondsLeft)
    {
        if (container.OomKills > 0)
            return $"The OOM killer killed {Count.Things(container.OomKills, "process", "processes")} in the container, which used";
        return secondsLeft is { } seconds ? $"The container will be full in {Duration.Format(seconds)}: it uses" : "The container uses";
    }

    private static string Files(ContainerMemorySummary container) => container switch
    {
        { FileBytes: null } => " Page cache is included, which the kernel reclaims before that.",
        { ReclaimableBytes: > 0 and var files } => $" The {ByteSize.Format(files)} of page cache is not included: the kernel reclaims it before that.",
        _ => "",
    };

    private static string Others(MemorySummary memory, ContainerMemorySummary container) => OthersBytes(memory, container) is { } others
        ? $" Other processes use {ByteSize.Format(others)} of it, this one {ByteSize.Format(memory.Rss!.CurrentBytes)}."
        : "";

    private static string Kernel(ContainerMemorySummary container) => IsKernels(container)
        ? $" {ByteSize.Format(container.KernelBytes!.Value)} of it is kernel memory: buffers of sockets and pipes, slabs."
        : "";

    private static bool IsKernels(ContainerMemorySummary container) => container.KernelBytes > container.UsedBytes / 2;

    /// <summary>What processes use beyond this one; null if it is unknown, or not worth mentioning.</summary>
    private static long? OthersBytes(MemorySummary memory, ContainerMemorySummary container) =>
        memory.Rss is { } rss && container.AnonymousBytes + (container.SharedBytes ?? 0) - rss.CurrentBytes is { } others && others > container.UsedBytes * LeastOthers ? others : null;

    private static IEnumerable<Evidence> Growth(Filling? filling)
    {
        if (filling is null)
            yield break;
        yield return new Evidence("growthBytesPerSecond", filling.Growth.BytesPerSecond, Unit.BytesPerSecond, filling.Growth.ErrorBytesPerSecond);
        if (filling.Seconds is { } left)
            yield return new Evidence("secondsLeft", left, Unit.Seconds);
    }

    /// <summary>How the container fills up: by this process, or by others in it.</summary>
    private sealed record Filling(MemoryGrowth Growth, double? Seconds, bool IsOthers)
    {
        /// <summary>The rest of a finding's detail.</summary>
        public string Sentence => Seconds is not { } until ? ""
            : IsOthers ? $" The container fills by {ByteSize.FormatRate(Growth.BytesPerSecond)}, but not because of this process: at that rate it is full in {Duration.Format(until)}."
            : $" The process grows by {ByteSize.FormatRate(Growth.BytesPerSecond)}: at that rate it is full in {Duration.Format(until)}.";

        /// <summary>Null if nothing grows.</summary>
        public static Filling? Of(MemorySummary memory, ContainerMemorySummary container, long left)
        {
            if (memory.IsOver)
                return null;
            var process = memory.RssGrowth;
            if (container.Growth is { } all && (process is null || process.BytesPerSecond < ProcessShare * all.BytesPerSecond) && Soon(all, left) is { } seconds)
                return new Filling(all, seconds, IsOthers: true);
            return process is null ? null : new Filling(process, Outlook(memory, process, left), IsOthers: false);
        }

        /// <summary>When it is full; null if that is far off, too far to project, or if the GC heap stops growing before, at its own limit.</summary>
        private static double? Outlook(MemorySummary memory, RssGrowth growth, long left) =>
            growth.IsGcHeap && memory.GcHeapLeftBytes < left ? null : Soon(growth, left);

        private static double? Soon(MemoryGrowth growth, long left) => growth.Lasts(left) is < LastingGrowth.SoonSeconds and var seconds ? seconds : null;
    }
}
