using Memtrace.Analysis;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

/// <summary>Rules about what grows.</summary>
public sealed class GrowthRulesTests
{
    private static MemoryProfile Leaking(double perSecond, double lastFull = 50) => Growing(at => perSecond * at, at => perSecond * at, lastFull);

    /// <summary>A minute in which a call site has this many bytes that are not proved dead, and of these, so many proved alive.</summary>
    private static MemoryProfile Growing(Func<double, double> live, Func<double, double> proved, double lastFull = 50)
    {
        var times = Times(count: 40).ToList();
        var perSecond = (live(Minute) - live(0)) / Minute;
        var site = new GrowthSite("Shop.Order", Site, perSecond, 0.1 * perSecond, live(0), live(Minute), [.. times.Select(at => new GrowthPoint(at, live(at)))])
        {
            Proved = [.. times.Where(at => at <= lastFull).Select(at => new GrowthPoint(at, proved(at)))],
        };
        return Quiet with { Live = SampleProfiles.LiveEmpty.Live! with { Growth = [site] } };
    }

    [Fact]
    public void A_managed_leak_is_named_by_type_and_line()
    {
        var finding = new ManagedLeakRule().Apply(Leaking(MiB)).Only("managed-leak");

        Assert.Equal("Shop.Order objects accumulate at Shop.Cache.Add (Cache.cs:42), 1.0 MiB/s.", finding.Title);
        Assert.Equal((FindingSeverity.Warning, MiB, 60 * MiB), (finding.Severity, finding.Figure("growthBytesPerSecond"), finding.Figure("liveBytes")));
        Assert.Equal(0.1 * MiB, finding.Evidence[0].Error);
        Assert.Equal([NextStep.TakeHeapSnapshot, NextStep.ListGrowth], finding.Next);
    }

    [Fact]
    public void What_one_holder_keeps_is_one_leak()
    {
        var live = Leaking(MiB).Live!;
        var site = live.Growth[0];
        GrowthSite Held(string type, params string[] path) => site with { Type = type, HeldBy = path.Length == 0 ? null : new SiteHolder([.. path.Select((name, i) => new HeapStep(name, i == 0 ? HeapRootKind.Static : null, 1, 1))], 1) };
        string DetailOf(params GrowthSite[] sites) => new ManagedLeakRule().Apply(Leaking(MiB) with { Live = live with { Growth = [.. sites] } }).Only("managed-leak").Detail;
        var (handlers, array) = (Held("Shop.Handler", "static Shop.Feed.Changed", "EventHandler", "Object[]"), Held("System.Object[]", "static Shop.Feed.Changed", "EventHandler"));

        Assert.EndsWith("With what they hold and are held with, they grow by 2.0 MiB/s.", DetailOf(handlers, array), StringComparison.Ordinal);
        Assert.EndsWith("they grow by 2.0 MiB/s. 1 other call site grows as well, 3.0 MiB/s in total.", DetailOf(handlers, array, Held("Shop.Order")), StringComparison.Ordinal);
        Assert.EndsWith("did not free them. 1 other call site grows as well, 2.0 MiB/s in total.", DetailOf(Held("Shop.Order"), Held("Shop.Line")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ticks_have_no_error_to_report()
    {
        var profile = Leaking(MiB);

        Assert.Null(new ManagedLeakRule().Apply(profile with { Allocations = profile.Allocations with { Sampling = AllocationSampling.Tick } }).Only("managed-leak").Evidence[0].Error);
    }

    [Fact]
    public void No_managed_leak_if_the_bytes_proved_alive_do_not_grow()
    {
        new ManagedLeakRule().Apply(Growing(at => MiB * at, at => MiB * at * 0.7)).Only("managed-leak");

        // Ever more garbage waits for full collections.
        Assert.Null(new ManagedLeakRule().Apply(Growing(at => MiB * (60 + at), _ => MiB * 50)));

        // Ever more is proved, because collections become frequent; never more than what may have been alive before.
        Assert.Null(new ManagedLeakRule().Apply(Growing(at => MiB * (60 + at), at => MiB * (20 + at))));

        // A queue fills up and stays so, while ever more garbage waits.
        Assert.Null(new ManagedLeakRule().Apply(Growing(at => MiB * at, at => MiB * Math.Min(at, 25))));
    }

    [Fact]
    public void A_process_whose_heap_grows_is_reported_however_few_full_collections_there_were()
    {
        MemoryProfile With(Func<double, int> generation) => Quiet.WithRss(at => MiB * (100 + at)).WithHeap(at => Heap(gen2: MiB * (50 + at), generation: generation(at))) with
        {
            Breakdown = [Breakdown(0, (MemoryCategory.GcHeap, 60)), Breakdown(60, (MemoryCategory.GcHeap, 120))],
        };

        var full = new HeapGrowthRule().Apply(With(at => at is 10 or 25 or 50 ? 2 : 1)).Only("heap-growth");
        Assert.Equal((FindingSeverity.Warning, 3), (full.Severity, full.Figure("fullCollections")));
        Assert.Equal(MiB, full.Figure("growthBytesPerSecond"), 1.0);
        Assert.Equal(FindingSeverity.Info, new HeapGrowthRule().Apply(With(at => at is 50 ? 2 : 1)).Only("heap-growth").Severity);

        // Less than what a program may grow by as it starts.
        var little = With(at => at is 10 or 25 or 50 ? 2 : 1).WithRss(at => MiB * (100 + (at / 4)));
        Assert.Null(new HeapGrowthRule().Apply(little));

        // What no full collection has looked at for long has its own finding.
        Assert.Null(new HeapGrowthRule().Apply(With(_ => 1)));
        Assert.NotNull(new NoFullCollectionRule().Apply(With(_ => 1)));
    }

    [Fact]
    public void No_managed_leak_if_little_grows_or_there_was_no_full_collection_or_it_levels_off()
    {
        Assert.Null(new ManagedLeakRule().Apply(Leaking(4.0 * MiB / Minute * 0.99)));
        Assert.NotNull(new ManagedLeakRule().Apply(Leaking(4.0 * MiB / Minute * 1.01)));
        Assert.Null(new ManagedLeakRule().Apply(Leaking(MiB, lastFull: 29)));
        Assert.Null(new ManagedLeakRule().Apply(Growing(at => MiB * Math.Min(at, 20), at => MiB * Math.Min(at, 20))));
        Assert.Null(new ManagedLeakRule().Apply(Quiet));
    }

    [Fact]
    public void No_managed_leak_if_full_collections_find_it_dead_even_if_more_accumulates_between_them()
    {
        static double Waiting(double at) => MiB * (60 + (at % 6 * (1 + (at / 10))));
        var profile = Growing(Waiting, Waiting);

        Assert.NotNull(Trend.Growth([.. profile.Live!.Growth[0].Points.Select(point => new RegressionLine.Point(point.Seconds, point.Bytes))]));
        Assert.Null(new ManagedLeakRule().Apply(profile));
    }

    [Fact]
    public void A_heap_that_grows_after_full_collections_asks_for_survival()
    {
        var profile = Quiet.WithHeap(at => Heap(gen2: MiB * (100 + at), generation: 2));
        var finding = new HeapGrowthRule().Apply(profile).Only("heap-growth");

        Assert.Equal([NextStep.RecordSurvival], finding.Next);
        Assert.Equal(MiB, finding.Figure("growthBytesPerSecond"), 1.0);
        Assert.Null(new HeapGrowthRule().Apply(profile with { Live = SampleProfiles.LiveEmpty.Live }));
    }

    [Fact]
    public void No_heap_growth_if_only_gaps_grow_or_less_than_a_twentieth_or_between_full_collections()
    {
        Assert.Null(new HeapGrowthRule().Apply(Quiet.WithHeap(at => Heap(gen2: MiB * (100 + at), generation: 2) with { Free = new(0, 0, (long)(MiB * at), 0, 0) })));
        Assert.Null(new HeapGrowthRule().Apply(Quiet.WithHeap(at => Heap(gen2: MiB * (1000 + (at * 0.8)), generation: 2))));
        Assert.Null(new HeapGrowthRule().Apply(Quiet.WithHeap(at => Heap(gen2: MiB * (100 + at), generation: 1))));
    }

    private static MemoryProfile GrowingBeside(double heapShare) => Quiet.WithRss(at => MiB * (100 + at)) with
    {
        Breakdown =
        [
            Breakdown(0, (MemoryCategory.GcHeap, 50), (MemoryCategory.MallocHeap, 50)),
            Breakdown(60, (MemoryCategory.GcHeap, 50 + (60 * heapShare)), (MemoryCategory.MallocHeap, 50 + (60 * (1 - heapShare)))),
        ],
    };

    [Fact]
    public void Native_growth_names_the_category()
    {
        var finding = new NativeGrowthRule().Apply(GrowingBeside(0.1)).Only("native-growth");

        Assert.Equal("Memory outside of the GC heap grows; most of it is malloc.", finding.Title);
        Assert.Equal(54 * MiB, finding.Figure("mallocHeapGrowthBytes"), 2.0);

        var growing = GrowingBeside(0.1);
        var spread = growing with
        {
            Breakdown =
            [
                Breakdown(0, (MemoryCategory.GcHeap, 100)),
                Breakdown(60, (MemoryCategory.GcHeap, 100), (MemoryCategory.MallocHeap, 24), (MemoryCategory.MappedFiles, 18), (MemoryCategory.ThreadStacks, 18)),
            ],
        };
        var files = growing with { Breakdown = [Breakdown(0, (MemoryCategory.GcHeap, 100)), Breakdown(60, (MemoryCategory.GcHeap, 100), (MemoryCategory.MappedFiles, 60))] };
        Assert.Equal(FindingSeverity.Info, new NativeGrowthRule().Apply(files).Only("native-growth").Severity);
        Assert.Equal("Memory outside of the GC heap grows; the largest part of it is malloc.", new NativeGrowthRule().Apply(spread).Only("native-growth").Title);
    }

    [Fact]
    public void No_native_growth_if_most_is_the_heap_or_nothing_grows_beyond_its_error()
    {
        Assert.Null(new NativeGrowthRule().Apply(GrowingBeside(0.8)));
        Assert.StartsWith("Memory outside of the GC heap grows, too; most of it is malloc", new NativeGrowthRule().Apply(GrowingBeside(0.6)).Only("native-growth").Title, StringComparison.Ordinal);
        Assert.Null(new NativeGrowthRule().Apply(GrowingBeside(0.1).WithRss(at => MiB * (100 + (0.2 * at)))));
        Assert.Null(new NativeGrowthRule().Apply(GrowingBeside(0.1).WithRss(at => MiB * (500 + (200 * Noise(at))))));
    }

    [Fact]
    public void Without_a_breakdown_native_growth_is_what_was_neither_committed_nor_allocated()
    {
        var growing = Quiet.WithRss(at => MiB * (100 + at));
        MemoryProfile With(Func<double, double?> committed, double allocated) => growing with
        {
            Timeline = [.. growing.Timeline.Select(point => point with { GcCommittedBytes = (long?)committed(point.Seconds), AllocatedBytes = allocated * MiB * point.Seconds })],
        };

        Assert.Contains("no memory map snapshots", new NativeGrowthRule().Apply(With(_ => null, 0.3)).Only("native-growth").Detail, StringComparison.Ordinal);
        Assert.Null(new NativeGrowthRule().Apply(With(_ => null, 0.7)));
        var collected = With(_ => 50.0 * MiB, 5).WithHeap(_ => Heap());
        new NativeGrowthRule().Apply(collected).Only("native-growth");
        Assert.Null(new NativeGrowthRule().Apply(With(at => MiB * (50 + (0.7 * at)), 5).WithHeap(_ => Heap())));
    }

    private static MemoryProfile WithThreads(Func<double, double> threads) =>
        Quiet with { Readings = [.. Quiet.Readings.Select(reading => reading with { Threads = (int)threads(reading.Seconds) })] };

    [Fact]
    public void Steady_growth_of_threads_is_found()
    {
        var finding = new ThreadGrowthRule().Apply(WithThreads(at => 20 + at) with { Breakdown = [Breakdown(60, (MemoryCategory.ThreadStacks, 12))] }).Only("thread-growth");

        Assert.Equal((80, 12 * MiB), (finding.Figure("threads"), finding.Figure("stackBytes")));
        Assert.Equal(1, finding.Figure("growthPerSecond"), 0.05);
        Assert.Null(new ThreadGrowthRule().Apply(WithThreads(at => 20 + (at * 15 / Minute))));

        // 81 a minute for a quarter of a minute is a tool that starts.
        var starting = Quiet.WithRss(_ => 80 * MiB, seconds: 15);
        starting = starting with { Readings = [.. starting.Readings.Select(reading => reading with { Threads = (int)(20 + (reading.Seconds * 81 / 60)) })] };
        Assert.Equal(FindingSeverity.Info, new ThreadGrowthRule().Apply(starting).Only("thread-growth").Severity);
        Assert.Null(new ThreadGrowthRule().Apply(WithThreads(at => 200 + (at * 0.8))));
        Assert.Null(new ThreadGrowthRule().Apply(WithThreads(at => at < 10 ? 20 : 100)));
        Assert.Null(new ThreadGrowthRule().Apply(Quiet with { Readings = [.. Quiet.Readings.Select(reading => reading with { Threads = null })] }));
    }

    private static MemoryProfile WithCode(double start, double middle, double end) => Quiet with
    {
        Breakdown =
        [
            Breakdown(0, (MemoryCategory.JitCode, start / 2), (MemoryCategory.LoaderHeaps, start / 2)),
            Breakdown(30, (MemoryCategory.JitCode, middle / 2), (MemoryCategory.LoaderHeaps, middle / 2)),
            Breakdown(60, (MemoryCategory.JitCode, end / 2), (MemoryCategory.LoaderHeaps, end / 2)),
        ],
    };

    [Fact]
    public void Steady_growth_of_code_is_found()
    {
        var finding = new CodeGrowthRule().Apply(WithCode(20, 30, 40)).Only("code-growth");
        Assert.Equal((20 * MiB, 20 * MiB, 20 * MiB), (finding.Figure("growthBytes"), finding.Figure("codeBytes"), finding.Figure("loaderBytes")));
        Assert.Null(new CodeGrowthRule().Apply(WithCode(20, 39, 40)));
        Assert.Null(new CodeGrowthRule().Apply(WithCode(20, 23, 27)));
        Assert.Null(new CodeGrowthRule().Apply(WithCode(100, 110, 120)));
        Assert.Null(new CodeGrowthRule().Apply(Quiet with { Breakdown = [.. WithCode(20, 30, 40).Breakdown.Take(2)] }));
    }

    [Fact]
    public void Code_of_a_slow_start_is_not_growth_however_many_snapshots_the_start_has()
    {
        double[] seconds = [0, 0.3, 0.8, 1.5, 10, 30, 60];
        MemoryProfile With(Func<double, double> code) => Quiet with { Breakdown = [.. seconds.Select(at => Breakdown(at, (MemoryCategory.JitCode, code(at))))] };

        Assert.Null(new CodeGrowthRule().Apply(With(at => 20 + Math.Min(at, 20))));
        Assert.Contains("of it added after 30.0 s", new CodeGrowthRule().Apply(With(at => 20 + (at / 3))).Only("code-growth").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15, 30, 40, "Info")]
    [InlineData(30, 30, 40, "Warning")]
    [InlineData(30, 34, 40, "Info")]
    [InlineData(60, 34, 40, "Warning")]
    public void Code_of_a_slow_start_is_no_warning(double seconds, int middle, int end, string severity)
    {
        var profile = Quiet with
        {
            Breakdown =
            [
                Breakdown(0, (MemoryCategory.JitCode, 20)),
                Breakdown(seconds / 2, (MemoryCategory.JitCode, middle)),
                Breakdown(seconds, (MemoryCategory.JitCode, end)),
            ],
        };

        Assert.Equal(severity, $"{new CodeGrowthRule().Apply(profile).Only("code-growth").Severity}");
    }

    [Fact]
    public void A_finalizer_backlog_is_found()
    {
        static MemoryProfile With(Func<double, double> pending) => Quiet.WithHeap(at => Heap() with { FinalizationPending = (long)pending(at), FinalizationSurvivors = 50 });

        Assert.Equal(3000, new FinalizerBacklogRule().Apply(With(at => 50 * at)).Only("finalizer-backlog").Figure("pendingObjects"));
        Assert.Null(new FinalizerBacklogRule().Apply(With(at => 15 * at)));
        Assert.Null(new FinalizerBacklogRule().Apply(With(_ => 50_000)));
        Assert.Null(new FinalizerBacklogRule().Apply(With(at => 50_000 + (20_000 * Noise(at)))));
    }

    [Fact]
    public void A_finalizer_that_hangs_is_found_with_few_collections()
    {
        // Fewer than a trend needs: the queue was never empty if each collection adds all that it found.
        static MemoryProfile With(params long[] pending) => Quiet with
        {
            Heap = [.. pending.Select((waiting, i) => Heap() with { Seconds = 5 * i, FinalizationPending = waiting, FinalizationSurvivors = 4000 })],
        };

        Assert.Equal(16_000, new FinalizerBacklogRule().Apply(With(4000, 8000, 12_000, 16_000)).Only("finalizer-backlog").Figure("pendingObjects"));
        Assert.Null(new FinalizerBacklogRule().Apply(With(4000, 8000, 12_000)));
        Assert.Null(new FinalizerBacklogRule().Apply(With(4000, 8000, 4000, 8000)));
        Assert.Null(new FinalizerBacklogRule().Apply(With(4000, 5000, 6000, 7000)));
    }

    [Fact]
    public void A_snapshot_after_the_last_sample_of_the_resident_set_is_the_current_one()
    {
        var rss = new Measure(80 * MiB, 80 * MiB, 80 * MiB, 60);
        var profile = Quiet with
        {
            Memory = Quiet.Memory with { Rss = rss },
            Readings = [new ProcessReading(60, rss.CurrentBytes, null, null, null, null)],
            Breakdown = [Breakdown(61, (MemoryCategory.GcHeap, 40))],
        };

        Assert.NotNull(profile.CurrentBreakdown);
        Assert.Null((profile with { Breakdown = [Breakdown(59, (MemoryCategory.GcHeap, 40))] }).CurrentBreakdown);
    }

    [Fact]
    public void A_heap_that_grows_without_full_collections_is_no_leak_yet()
    {
        static MemoryProfile With(double perSecond, double lastFull) => Quiet.WithHeap(at => Heap(gen2: MiB * (20 + (perSecond * at)), generation: at <= lastFull ? 2 : 1));

        var finding = new NoFullCollectionRule().Apply(With(1, 10)).Only("no-full-collection");
        Assert.Equal((FindingSeverity.Info, 49), (finding.Severity, finding.Figure("seconds")));
        Assert.Null(new NoFullCollectionRule().Apply(With(1, 31)));
        Assert.Null(new NoFullCollectionRule().Apply(With(0.5, 10)));
        Assert.Null(new NoFullCollectionRule().Apply(With(0, -1)));
    }
}
