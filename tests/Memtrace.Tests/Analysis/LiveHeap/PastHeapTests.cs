using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.LiveHeap.HeapScript;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>The peak after all events: of what was alive then, whatever garbage floated later.</summary>
public sealed class PastHeapTests
{
    private const int BurstObjects = 6;
    private static readonly double Sample = AllocationEstimators.Sampled(64).Bytes;

    /// <summary>Reads the events twice, as recordings are.</summary>
    private static LiveHeapProfile ReadTwice(Action<HeapScript> events, TimeWindow? window = null)
    {
        var first = new HeapScript(window);
        events(first);
        if (first.Tracker.PastMoments is not { } past)
            return first.Build();
        var second = new HeapScript(window, past: past);
        events(second);
        return second.Build();
    }

    private static ulong[] Places(ulong start, int count) => [.. Enumerable.Range(0, count).Select(i => start + ((ulong)i * 0x100))];

    /// <summary>A burst of objects that a full collection proves alive, and a later one finds dead.</summary>
    private static void Burst(HeapScript heap)
    {
        var young = Places(Gen0, BurstObjects);
        foreach (var place in young)
            heap.Allocate(place, type: "Burst");
        heap.Suspend().Start(1).Move([.. young.Zip(Places(Gen2, BurstObjects))]).End().Restart();
        heap.Collect(2, Places(Gen2, BurstObjects));
        heap.Collect(2);
    }

    /// <summary>Objects that are promoted and die at once, batch after batch, until a full collection finds all of them dead.</summary>
    private static void Float(HeapScript heap, int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var young = Places(Gen0, 2);
            foreach (var place in young)
                heap.Allocate(place, type: "Floats");
            heap.Suspend().Start(1).Move([.. young.Zip(Places(Gen2 + ((ulong)batch * 0x200), 2))]).End().Restart();
        }

        heap.Collect(2);
    }

    [Fact]
    public void Floating_garbage_above_an_earlier_peak_is_not_the_peak()
    {
        var live = ReadTwice(heap =>
        {
            Burst(heap);
            Float(heap, batches: 20);
        });

        Assert.Equal("Burst", Assert.Single(live.Peak.Types).Type);
        Assert.Equal(BurstObjects * Sample, live.Peak.Live.Bytes, 1e-6);
        Assert.Equal(live.Peak.Live.Bytes, live.Peak.AtMostBytes!.Value, 1e-6);
    }

    [Fact]
    public void Garbage_that_floated_at_the_peak_is_the_range_of_it()
    {
        var live = ReadTwice(heap =>
        {
            Float2(heap);
            var young = Places(Gen0, BurstObjects);
            foreach (var place in young)
                heap.Allocate(place, type: "Burst");
            var old = Places(Gen2 + 0x4000, BurstObjects);
            heap.Suspend().Start(1).Move([.. young.Zip(old)]).End().Restart();
            heap.Suspend().Start(1).End().Restart();
            heap.Collect(2);
        });

        Assert.Equal(BurstObjects * Sample, live.Peak.Live.Bytes, 1e-6);
        Assert.Equal((BurstObjects + 4) * Sample, live.Peak.AtMostBytes!.Value, 1e-6);
        Assert.Equal(4, live.Peak.Unproved!.Value.Samples);
        Assert.Equal("Burst", live.Peak.Types[0].Type);
        Assert.Equal(4, live.Peak.Sites.Sum(site => site.Survival.Unproved.Samples));

        static void Float2(HeapScript heap)
        {
            for (var batch = 0; batch < 2; batch++)
            {
                var young = Places(Gen0, 2);
                foreach (var place in young)
                    heap.Allocate(place, type: "Floats");
                heap.Suspend().Start(1).Move([.. young.Zip(Places(Gen2 + ((ulong)batch * 0x200), 2))]).End().Restart();
            }
        }
    }

    [Fact]
    public void Ages_and_collections_survived_are_those_of_the_moment()
    {
        var live = ReadTwice(heap =>
        {
            heap.Allocate(Gen0, type: "Stays");
            heap.Suspend().Start(1).Move((Gen0, Gen2)).End().Restart();
            var young = Places(Gen0, BurstObjects);
            foreach (var place in young)
                heap.Allocate(place, type: "Burst");
            heap.Collect(2, [Gen2, .. young]);
            heap.Collect(2, Gen2);
            heap.Collect(2, Gen2);
        });

        var stays = live.Peak.Types.Single(type => type.Type == "Stays").Survival;
        Assert.Equal(2, stays.SurvivedCollections);
        Assert.Equal(live.Peak.AtSeconds - 1, stays.MedianAgeSeconds);
        Assert.Equal(1, live.Peak.Types.Single(type => type.Type == "Burst").Survival.SurvivedCollections);
        Assert.Equal(1, stays.AliveShare);
    }

    [Fact]
    public void Large_objects_count_that_only_a_later_collection_examined()
    {
        var live = ReadTwice(heap =>
        {
            foreach (var place in Places(Large, 3))
                heap.Allocate(place, type: "Buffer", kind: AllocationKind.Large);
            heap.Allocate(Gen0, type: "Small").Collect(0, Gen0);
            heap.Collect(2, Places(Large, 3));
            heap.Collect(2);
        });

        Assert.Equal(["Buffer", "Small"], live.Peak.Types.Where(type => type.Survival.Live.Samples > 0).Select(type => type.Type).Order());
    }

    [Fact]
    public void A_peak_that_is_the_end_needs_no_second_reading()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Collect(0, Gen0);
        heap.Allocate(Gen0 + 0x1000).Allocate(Gen0 + 0x2000).Collect(0, Gen0, Gen0 + 0x1000);

        Assert.Null(heap.Tracker.PastMoments);
        var live = heap.Build();
        Assert.Same(live.End, live.Peak);
        Assert.Null(live.Peak.AtMostBytes);
    }

    [Fact]
    public void The_heap_at_the_highest_resident_set_has_no_garbage_that_was_found_later()
    {
        var live = ReadTwice(heap =>
        {
            Burst(heap);
            heap.Allocate(Gen0, type: "Floats").Suspend().Start(1).Move((Gen0, Gen2)).End().Restart();
            heap.Allocate(Gen0, type: "Alive").Suspend().Start(1).Move((Gen0, Gen2 + 0x200)).End().Restart();
            heap.Tracker.Measure(new ProcessMemorySample { Seconds = ++heap.Now, Memory = new() { Rss = 1000 } });
            heap.Collect(2, Gen2 + 0x200);
        });

        Assert.Equal("Alive", live.PeakRss!.Types.Single(type => type.Survival.Live.Samples > 0).Type);
        Assert.Equal(1, live.PeakRss.Unproved!.Value.Samples);
    }

    [Fact]
    public void Peaks_outside_of_the_window_do_not_count()
    {
        var live = ReadTwice(
            heap =>
            {
                Burst(heap);
                heap.Allocate(Gen0, type: "Later").Collect(0, Gen0).Collect(0);
            },
            new TimeWindow(21, double.PositiveInfinity));

        Assert.Equal("Later", Assert.Single(live.Peak.Types).Type);
    }

    [Fact]
    public void Folding_between_leaves_the_peak()
    {
        var live = ReadTwice(heap =>
        {
            Burst(heap);
            heap.Allocate(Gen0, type: "Other").Collect(0);
            heap.Tracker.Fold(new AllocationFolding(types: [0, 0], stacks: []));
            Float(heap, batches: 5);
        });

        Assert.Equal(BurstObjects, live.Peak.Live.Samples);
    }
}
