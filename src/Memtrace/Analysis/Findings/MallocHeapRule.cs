using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>A malloc heap is large and does not grow: much of it can be freed memory between blocks in use.</summary>
internal sealed class MallocHeapRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "malloc-heap";

    private const long LeastBytes = 128L << 20;
    private const double LeastShare = 0.3;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not [.., { Malloc: { } malloc } last])
            return null;
        var heap = Math.Max(malloc.MainHeap, malloc.LargestArena);
        if (heap < Math.Max(LeastBytes, LeastShare * last.RssBytes) || new NativeGrowthRule().Apply(profile) is not null || new MallocArenasRule().Apply(profile) is not null)
            return null;
        var share = Percent.Share(heap, last.RssBytes);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Info,
                $"One malloc heap holds {ByteSize.Format(heap)} without growing.",
                $"That is {Percent.Format(share)} of the resident set. malloc keeps freed memory that lies between blocks in use; how much of it is free is not visible from outside.",
                [
                    new Evidence("heapBytes", heap, Unit.Bytes),
                    new Evidence("sharePercent", 100 * share, Unit.Percent),
                ],
                "Call malloc_trim(0) in the process and compare: what is released was fragmentation. If that is much, call it whenever much has been freed, or use jemalloc.")
            {
                Next = [NextStep.Compare],
            },
            share);
    }
}
