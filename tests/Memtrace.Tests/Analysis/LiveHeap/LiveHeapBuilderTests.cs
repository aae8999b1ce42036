using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;
using Memtrace.Events;
using static Memtrace.Tests.Analysis.LiveHeap.HeapScript;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>Peaks, growth and lifetimes of what was followed, in the window or without one.</summary>
public sealed class LiveHeapBuilderTests
{
    private static readonly double Sample = AllocationEstimators.Sampled(64).Bytes;

    [Fact]
    public void The_peak_is_as_it_was_before_the_fall()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0, type: "Stays").Allocate(Gen0 + 0x1000, type: "Goes").Collect(0, Gen0, Gen0 + 0x1000);
        var before = heap.Now;
        heap.Collect(0, Gen0);
        var live = heap.Build();
        Assert.Equal(2, live.Peak.Live.Samples);
        Assert.InRange(live.Peak.AtSeconds, before, heap.Now);
        Assert.Equal(["Goes", "Stays"], live.Peak.Types.Select(type => type.Type).Order());
        Assert.Equal("Stays", Assert.Single(live.End.Types).Type);
    }

    [Fact]
    public void Folding_types_merges_their_rows_and_leaves_all_totals()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0, type: "A").Allocate(Gen0 + 0x1000, type: "B").Allocate(Gen0 + 0x2000, type: "C").Allocate(Gen0 + 0x3000, type: "D");
        heap.Collect(0, Gen0, Gen0 + 0x1000, Gen0 + 0x2000, Gen0 + 0x3000).Allocate(Gen0 + 0x4000, type: "D").Collect(0, Gen0, Gen0 + 0x2000);
        var before = heap.Build();

        heap.Tracker.Fold(new AllocationFolding(types: [0, 1, 1, 1], stacks: []));

        var after = heap.Build();
        Assert.Equal((before.End.Live, before.Peak.Live, before.Peak.AtSeconds), (after.End.Live, after.Peak.Live, after.Peak.AtSeconds));
        Assert.Equal(["A", "B"], after.Peak.Types.Select(type => type.Type).Order());
        Assert.Equal((1, 3), (after.Peak.Types.Single(type => type.Type == "A").Survival.Live.Samples, after.Peak.Types.Single(type => type.Type == "B").Survival.Live.Samples));
        Assert.Equal(before.Lifetimes.Sum(site => site.DiedGen0), after.Lifetimes.Sum(site => site.DiedGen0), 1e-3);
        Assert.Equal(before.Lifetimes.Sum(site => site.Alive), after.Lifetimes.Sum(site => site.Alive), 1e-3);
        Assert.Equal(2, after.Lifetimes.Length);
    }

    [Fact]
    public void If_it_never_fell_the_peak_is_the_end()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Collect(0, Gen0).Allocate(Gen0 + 0x1000).Collect(0, Gen0, Gen0 + 0x1000);
        var live = heap.Build();
        Assert.Same(live.End, live.Peak);
    }

    [Fact]
    public void The_highest_of_several_peaks_is_kept()
    {
        var heap = new HeapScript();
        Rise(3);
        Rise(5);
        Rise(2);
        Assert.Equal(5, heap.Build().Peak.Live.Samples);

        void Rise(int objects)
        {
            ulong[] places = [.. Enumerable.Range(0, objects).Select(i => Gen0 + ((ulong)i * 0x200))];
            foreach (var place in places)
                heap.Allocate(place);
            heap.Collect(0, places).Collect(0);
        }
    }

    [Fact]
    public void The_heap_at_the_highest_resident_set_is_as_it_was_then()
    {
        var heap = new HeapScript();
        Assert.Null(heap.Build().PeakRss);
        heap.Allocate(Gen0).Collect(0, Gen0);
        var at = ++heap.Now;
        heap.Tracker.Measure(new ProcessMemorySample(at, new(1000, null)));
        heap.Allocate(Gen0 + 0x1000).Collect(0, Gen0 + 0x1000);
        heap.Tracker.Measure(new ProcessMemorySample(++heap.Now, new(900, null)));
        var snapshot = heap.Build().PeakRss!;
        Assert.Equal((at, 1, 0), (snapshot.AtSeconds, snapshot.Live.Samples, snapshot.Uncollected.Samples));
    }

    [Fact]
    public void The_highest_resident_set_can_be_now()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Collect(0, Gen0);
        heap.Tracker.Measure(new ProcessMemorySample(heap.Now, new(1000, null)));
        heap.Allocate(Gen0 + 0x1000);
        var snapshot = heap.Build().PeakRss!;
        Assert.Equal((1, 0), (snapshot.Live.Samples, snapshot.Uncollected.Samples));
    }

    [Fact]
    public void Survivals_ages_and_shares_are_those_of_the_median_object()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Collect(0, Gen0).Collect(0, Gen0);
        var survival = Assert.Single(heap.Build().End.Sites).Survival;
        Assert.Equal((2, 0.5), (survival.SurvivedCollections, survival.AliveShare));
        Assert.Equal(heap.Now - 1, survival.MedianAgeSeconds);
    }

    [Fact]
    public void A_window_is_reported_as_of_its_end_although_objects_are_tracked_from_the_beginning()
    {
        var heap = new HeapScript(new TimeWindow(5, 20));
        heap.Allocate(Gen0, type: "Before");
        heap.Now = 6;
        heap.Allocate(Gen0 + 0x1000, type: "Inside").Collect(0, Gen0, Gen0 + 0x1000);
        heap.Now = 30;
        heap.Allocate(Gen0 + 0x2000, type: "After").Collect(0, Gen0 + 0x2000);
        var live = heap.Build();
        Assert.Equal(20, live.End.AtSeconds);
        Assert.Equal(["Before", "Inside"], live.End.Types.Select(type => type.Type).Order());
        Assert.Equal("Inside", Assert.Single(live.Lifetimes).Type);
    }

    [Fact]
    public void A_peak_before_the_window_does_not_count()
    {
        var heap = new HeapScript(new TimeWindow(50, 100));
        heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Collect(0, Gen0, Gen0 + 0x1000).Collect(0, Gen0);
        heap.Now = 60;
        heap.Collect(0, Gen0);
        Assert.Equal(1, heap.Build().Peak.Live.Samples);
    }

    [Fact]
    public void Lifetimes_show_in_which_generation_the_objects_of_the_window_died()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Allocate(Gen1).Allocate(Gen2).Allocate(Large, kind: AllocationKind.Large, type: "Large");
        heap.Collect(0, Gen0).Collect(1, Gen0).Collect(2, Gen0);
        var lifetimes = heap.Build().Lifetimes;
        var small = lifetimes.Single(item => item.Type == "T");
        Assert.Equal((4, Sample, Sample, Sample, Sample), (small.Allocated.Samples, small.DiedGen0, small.DiedGen1, small.DiedGen2, small.Alive));
        Assert.Equal(4 * Sample / heap.Now, small.BytesPerSecond, 6);
        Assert.Equal(Sample, lifetimes.Single(item => item.Type == "Large").DiedGen2);
    }

    [Fact]
    public void Steady_growth_is_reported_with_its_rate_and_constant_amounts_are_not()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen2, type: "Steady");
        List<ulong> chain = [Gen2];
        for (ulong i = 0; i < 40; i++)
        {
            chain.Add(Gen0 + (i * 0x100));
            heap.Now = (i * 10) + 3;
            heap.Allocate(chain[^1], type: "Leak").Collect(2, [.. chain]);
        }

        var growth = Assert.Single(heap.Build().Growth);
        Assert.Equal("Leak", growth.Type);
        Assert.Equal(Sample / 10, growth.BytesPerSecond, Sample / 1000);
        Assert.Equal(Sample, growth.StartBytes, 6);
        Assert.Equal(40 * Sample, growth.EndBytes, 6);
        Assert.InRange(growth.ErrorBytesPerSecond, 0.2 * growth.BytesPerSecond, 0.5 * growth.BytesPerSecond);
        Assert.InRange(growth.Points.Length, 30, 41);
    }

    [Fact]
    public void The_fastest_growth_comes_first()
    {
        var heap = new HeapScript();
        List<ulong> chain = [];
        for (ulong i = 0; i < 60; i++)
        {
            chain.Add(Gen0 + (i * 0x200));
            heap.Allocate(chain[^1], type: i % 3 == 0 ? "Slow" : "Fast").Collect(2, [.. chain]);
        }

        Assert.Equal(["Fast", "Slow"], heap.Build().Growth.Select(item => item.Type));
    }

    [Fact]
    public void Above_the_budget_objects_are_sampled_and_weighted()
    {
        const int Objects = 4000, Budget = 300;
        var heap = new HeapScript(budget: Budget);
        ulong[] places = [.. Enumerable.Range(0, Objects).Select(i => 0x100_0000 + ((ulong)i * 0x200))];
        foreach (var place in places)
            heap.Allocate(place);
        Assert.InRange(heap.Items.Length, Budget / 4, Budget);
        var live = heap.Collect(2, places).Build();
        Assert.Equal(1.0 / 16, live.TrackingRate);

        // The error tells of the thinning too: four deviations hold it, and it is about that of as many samples as are left.
        Assert.InRange(live.End.Live.Bytes, (Objects * Sample) - (2 * live.End.Live.ErrorBytes), (Objects * Sample) + (2 * live.End.Live.ErrorBytes));
        Assert.Equal(1 / Math.Sqrt(heap.Items.Length), Math.Sqrt(live.End.Live.BytesVariance) / live.End.Live.Bytes, 0.01);
        Assert.Equal(Objects, live.Lifetimes.Single().Allocated.Samples);
    }

    [Fact]
    public void Within_the_budget_every_object_is_tracked()
    {
        var heap = new HeapScript();
        heap.Allocate(Gen0).Collect(0, Gen0);
        Assert.Equal(1, heap.Build().TrackingRate);
    }
}
