using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

public sealed class LastingGrowthTests
{
    private static readonly MemoryProfile Growing = Quiet.WithRss(at => MiB * (100 + at + (2 * Noise(at))));

    [Fact]
    public void Growth_is_reported_only_beyond_its_error()
    {
        var trend = LastingGrowth.Of(Growing)!.Trend;

        Assert.InRange(MiB, trend.PerSecond - trend.Error, trend.PerSecond + trend.Error);
        Assert.InRange(trend.Error, 0.001 * MiB, 0.1 * MiB);
        Assert.Null(LastingGrowth.Of(Quiet.WithRss(at => MiB * (100 + (2 * Noise(at))))));
    }

    [Fact]
    public void File_contents_are_not_growth_because_the_kernel_reclaims_them() =>
        Assert.Null(LastingGrowth.Of(Growing with { Readings = [.. Growing.Readings.Select(item => item with { RssFileBytes = item.RssBytes - (50 * MiB) })] }));

    [Fact]
    public void Growth_of_the_GC_heap_between_two_collections_may_be_garbage()
    {
        var heap = Growing with { Breakdown = [Breakdown(0, (MemoryCategory.GcHeap, 80)), Breakdown(60, (MemoryCategory.GcHeap, 140))] };

        Assert.Null(LastingGrowth.Of(heap));
        Assert.Null(LastingGrowth.Of(heap.WithHeap(_ => Heap(gen2: 80 * MiB))));
        Assert.True(LastingGrowth.Of(heap.WithHeap(at => Heap(gen2: MiB * (80 + (0.9 * at)))))!.IsGcHeap);

        // What only gaps between objects make larger is not left.
        Assert.Null(LastingGrowth.Of(heap.WithHeap(at => Heap(gen2: MiB * (80 + at)) with { Free = new(0, 0, (long)(MiB * at), 0, 0) })));
    }

    [Fact]
    public void Growth_outside_the_GC_heap_lasts()
    {
        var native = Growing with { Breakdown = [Breakdown(0, (MemoryCategory.GcHeap, 80)), Breakdown(60, (MemoryCategory.GcHeap, 90), (MemoryCategory.MallocHeap, 50))] };
        var allocated = new Estimate(50.0 * MiB, 0, 1, 0, 1);

        Assert.False(LastingGrowth.Of(native)!.IsGcHeap);
        Assert.Null(LastingGrowth.Of(Growing with { Allocations = Growing.Allocations with { Total = allocated } }));
        Assert.False(LastingGrowth.Of(Growing with { Allocations = Growing.Allocations with { Total = allocated with { Bytes = 20.0 * MiB } } })!.IsGcHeap);
        Assert.Null(LastingGrowth.Of(Growing with { Allocations = Growing.Allocations with { Sampling = AllocationSampling.None } }));
    }
}
