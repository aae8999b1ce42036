using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Most of the GC heap was there before the recording: sampling cannot show what it is or what holds it.</summary>
internal sealed class OlderHeapRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "older-heap";

    private const long MinBytes = 64L << 20;

    /// <summary>The share of the resident set below which older objects do not explain it.</summary>
    private const double MinShare = 0.25;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var rss = profile.Memory.Rss?.CurrentBytes ?? 0;
        if (OlderHeap.Of(profile) is not { Bytes: var older } found || older < Math.Max(MinBytes, MinShare * rss))
            return null;
        var heap = Math.Max(older, profile.Heap.LastOrDefault()?.ObjectBytes ?? older);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Info,
                $"{ByteSize.Format(older)} of the GC heap is older than the recording, so the recording cannot show what it is.",
                $"{Part(older, heap)} of the heap, had been allocated before the recording began. "
                    + (found.Survived ? "A full collection did not free them. " : "No full collection took place, so some of them may be garbage. ")
                    + "Allocation sampling sees only what is allocated while it runs, so a leak that happened earlier is not in this report.",
                [
                    new Evidence("olderBytes", older, Unit.Bytes),
                    new Evidence("heapBytes", heap, Unit.Bytes),
                    new Evidence("fullCollections", found.FullCollections, Unit.Amount),
                ],
                "A snapshot of the heap lists all objects by type and shows what holds them.")
            {
                Next = [NextStep.TakeHeapSnapshot],
            },
            Percent.Share(older, rss));
    }
}
