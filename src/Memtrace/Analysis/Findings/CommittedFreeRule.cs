using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The GC has committed much more than its generations use, collection after collection.</summary>
internal sealed class CommittedFreeRule : IFindingRule
{
    private const long LeastBytes = 64L << 20;

    /// <summary>Room for new objects until the next collection is there for a reason; this much of all is more.</summary>
    private const double LeastShare = 0.4;

    private const int LeastPoints = 3;
    private const int FewProcessors = 2;

    /// <summary>From this version on the Server GC can adapt the number of its heaps.</summary>
    private const int AdaptableRuntime = 8;

    /// <summary>From this version on it does so by itself.</summary>
    private const int AdaptingRuntime = 9;

    private const string HugePagesAdvice =
        "The heap is in huge pages (DOTNET_GCLargePages), which the GC commits at its start and never gives back: lower DOTNET_GCHeapHardLimit.";

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
                "committed-free",
                FindingSeverity.Warning,
                $"The GC holds {ByteSize.Format(free)} that its heap does not use.",
                $"It has committed {ByteSize.Format(committed)}, and its generations take {ByteSize.Format(least.Size.Total)} of it; "
                    + $"the last {Count.Things(recent.Count, "collection", "collections")} all left at least this much free.",
                [
                    new Evidence("freeBytes", free, EvidenceUnit.Bytes),
                    new Evidence("committedBytes", committed, EvidenceUnit.Bytes),
                    new Evidence("usedBytes", least.Size.Total, EvidenceUnit.Bytes),
                    new Evidence("collections", recent.Count, EvidenceUnit.Count),
                ],
                profile.Breakdown is [.., { Collector.HugePages: > 0 }] ? HugePagesAdvice : Advice(profile.Process)),
            Percent.Share(free, profile.Memory.Rss?.CurrentBytes ?? committed));
    }

    private static long Free(HeapPoint point) => point.CommittedBytes!.Value - point.Size.Total;

    private static string Advice(ProcessDescription process) => process.ServerGc == true
        ? (process.ProcessorCount is > 0 and <= FewProcessors
            ? "With so few processors the workstation GC (DOTNET_gcServer=0) does as well on much less memory."
            : "The Server GC has a heap for each processor: fewer of them (DOTNET_GCHeapCount, hexadecimal; GCHeapAffinitizeMask) hold less.")
            + (process.RuntimeMajor is >= AdaptingRuntime or < AdaptableRuntime ? "" : " DOTNET_GCDynamicAdaptationMode=1, the default from .NET 9 on, adapts their number.")
        : "DOTNET_GCConserveMemory (1 to 9) makes the GC give more back, DOTNET_GCHeapHardLimit (hexadecimal) bounds what it takes; both for more collections. Compare with diff.";
}
