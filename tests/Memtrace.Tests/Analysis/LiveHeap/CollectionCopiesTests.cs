using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.LiveHeap.HeapScript;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>The addresses of tracked objects after the collections of heap snapshots.</summary>
public sealed class CollectionCopiesTests
{
    private static readonly TimeWindow Always = new(double.NegativeInfinity, double.PositiveInfinity);

    [Fact]
    public void Objects_are_where_the_collection_left_them_whatever_comes_later()
    {
        var heap = Following(2);
        heap.Allocate(Gen0, type: "Moves").Allocate(Gen0 + 0x1000, type: "Dies").Collect(0, Gen0, Gen0 + 0x1000);
        heap.Suspend().Start(2).Move((Gen0, Gen2)).End().Restart();
        heap.Allocate(Gen0, type: "Later").Suspend().Start(2).Move((Gen2, Gen1)).End().Restart();

        var objects = Assert.Single(heap.Build().Objects);

        var found = Assert.Single(objects.Items);
        Assert.Equal((2, Gen2, "Moves", 64L, 1L), (objects.Collection, found.Address, found.Type, found.SizeBytes, found.Represents.Samples));
        Assert.True(found.BornSeconds < objects.AtSeconds);
    }

    [Fact]
    public void What_no_collection_examined_is_not_among_them()
    {
        var heap = Following(1);
        heap.Allocate(Gen2).Allocate(Gen0).Collect(0, Gen0);

        Assert.Equal([Gen0], Assert.Single(heap.Build().Objects).Items.Select(item => item.Address));
    }

    [Fact]
    public void A_missing_collection_has_no_copy()
    {
        var heap = Following(5);
        heap.Allocate(Gen0).Collect(2, Gen0);

        Assert.Empty(heap.Build().Objects);
    }

    [Fact]
    public void Types_that_are_folded_later_are_folded_in_them_too()
    {
        var heap = Following(1);
        heap.Allocate(Gen0, type: "A").Allocate(Gen0 + 0x1000, type: "B").Collect(2, Gen0, Gen0 + 0x1000);

        heap.Tracker.Fold(new AllocationFolding(types: [0, 0], stacks: []));

        Assert.Equal(["A", "A"], Assert.Single(heap.Build().Objects).Items.Select(item => item.Type));
    }

    private static HeapScript Following(int collection)
    {
        var tracker = new LiveHeapTracker(Always) { Copies = new CollectionCopies([collection]) };
        tracker.Declare(survival: true, AllocationSampling.Randomized);
        return new HeapScript { Tracker = tracker };
    }
}
