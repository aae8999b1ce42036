using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC keeps committing much more memory than its generations use.</summary>
internal sealed class CommittedFreeRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "committed-free";

    private const long LeastBytes = 64L << 20;

    /// <summary>Free memory for allocations until the next collection is normal; this share is more than that.</summary>
    private const double LeastShare = 0.4;

    private const int LeastPoints = 3;
    private const int FewProcessors = 2;

    /// <summary>The first version in which Server GC can adapt the number of its heaps.</summary>
    private const int AdaptableRuntime = 8;

    /// <summary>The first version in which it does so by default.</summary>
    private const int AdaptingRuntime = 9;

    private const string HugePagesAdvice =
        "The heap is in huge pages (DOTNET_GCLargePages), which the GC commits at startup and never releases: lower DOTNET_GCHeapHardLimit.";

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var points = profile.Heap.Where(point => point.CommittedBytes is not null).ToList();
        var recent = points.Skip(points.Count * 3 / 4).ToList();
        if (recent.Count < LeastPoints)
            return null;
        var least = recent.MinBy(Free)!;
        var (free, committed) = (Free(least), least.CommittedBytes!.Value);
        if (free < LeastBytes || free < LeastShare * committed)
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"The GC has committed {ByteSize.Format(free)} that its heap does not use.",
                $"Of {ByteSize.Format(committed)} committed, its generations use {ByteSize.Format(least.Size.Total)}; "
                    + $"each of the last {Count.Things(recent.Count, "collection", "collections")} left at least this much free.",
                [
                    new Evidence("freeBytes", free, Unit.Bytes),
                    new Evidence("committedBytes", committed, Unit.Bytes),
                    new Evidence("usedBytes", least.Size.Total, Unit.Bytes),
                    new Evidence("collections", recent.Count, Unit.Amount),
                ],
                profile.Breakdown is [.., { Collector.HugePages: > 0 }] ? HugePagesAdvice : Advice(profile.Process))
            {
                Next = [NextStep.Compare],
            },
            Percent.Share(free, profile.Memory.Rss?.CurrentBytes ?? committed));
    }

    private static long Free(HeapPoint point) => point.CommittedBytes!.Value - point.Size.Total;

    private static string Advice(ProcessDescription process) => process.ServerGc == true
        ? (process.ProcessorCount is > 0 and <= FewProcessors
            ? "With so few processors, workstation GC (DOTNET_gcServer=0) performs as well with much less memory."
            : "Server GC has one heap per processor: reduce their number (DOTNET_GCHeapCount, hexadecimal; GCHeapAffinitizeMask).")
            + (process.RuntimeMajor is >= AdaptingRuntime or < AdaptableRuntime ? "" : " DOTNET_GCDynamicAdaptationMode=1, the default since .NET 9, adapts their number.")
        : "DOTNET_GCConserveMemory (1 to 9) makes the GC release more, DOTNET_GCHeapHardLimit (hexadecimal) limits what it commits; both cost more collections.";
}
