using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>Much of the large object heap is gaps between objects, even after full collections.</summary>
internal sealed class LohFragmentationRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "loh-fragmentation";

    private const long LeastBytes = 32L << 20;
    private const double LeastShare = 0.5;

    /// <summary>After a single one, the gaps can be recent.</summary>
    private const int Collections = 2;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var full = profile.Heap.Where(point => point is { Generation: 2, Free: not null }).TakeLast(Collections).ToList();
        if (full.Count < Collections || !full.All(IsFragmented))
            return null;
        var (free, size) = (full[^1].Free!.Value.Loh, full[^1].Size.Loh);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"{Percent.Format(Percent.Share(free, size))} of the large object heap is gaps between objects, {ByteSize.Format(free)}.",
                $"The large object heap has {ByteSize.Format(size)}. Full collections do not compact it by default, and only a smaller object fits into a gap.",
                [
                    new Evidence("freeBytes", free, Unit.Bytes),
                    new Evidence("lohBytes", size, Unit.Bytes),
                    new Evidence("freePercent", 100 * Percent.Share(free, size), Unit.Percent),
                ],
                "Reuse large buffers of one size (ArrayPool<T>), or compact the heap at a suitable time: GCSettings.LargeObjectHeapCompactionMode, or DOTNET_GCConserveMemory."),
            Percent.Share(free, profile.Memory.Rss?.CurrentBytes ?? size));
    }

    private static bool IsFragmented(HeapPoint point) =>
        point.Free!.Value.Loh is var free && free >= LeastBytes && free >= LeastShare * point.Size.Loh;
}
