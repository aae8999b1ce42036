using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Pinned objects keep gaps in generation 0, which a collection would otherwise empty.</summary>
internal sealed class PinnedFragmentationRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "pinned-fragmentation";

    /// <summary>A collection empties generation 0: free memory in it afterwards is between objects that could not be moved.</summary>
    private const long LeastBytes = 16L << 20;

    private const long LeastPinned = 10;
    private const int LeastPoints = 4;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var points = profile.Heap.Where(point => point.Free is not null).ToList();
        if (points.Count < LeastPoints)
            return null;
        var (free, pinned) = (Median(points, point => point.Free!.Value.Gen0), Median(points, point => point.PinnedObjects));
        if (free < LeastBytes || pinned < LeastPinned)
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"Pinned objects keep {ByteSize.Format(free)} of gaps in Gen 0.",
                $"A collection finds {Count.Things(pinned, "pinned object", "pinned objects")}, which it cannot move, and leaves this much free between them "
                    + "(both are medians).",
                [new Evidence("freeBytes", free, Unit.Bytes), new Evidence("pinnedObjects", pinned, Unit.Amount), new Evidence("collections", points.Count, Unit.Amount)],
                "Pin for a shorter time, or allocate long-pinned buffers once on the pinned object heap (GC.AllocateArray<T>(length, pinned: true)) and reuse them."),
            Percent.Share(free, profile.Memory.Rss?.CurrentBytes ?? 0));
    }

    private static long Median(List<HeapPoint> points, Func<HeapPoint, long> value) => points.Select(value).Order().ElementAt(points.Count / 2);
}
