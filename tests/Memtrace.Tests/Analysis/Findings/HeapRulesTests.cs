using System.Collections.Immutable;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

/// <summary>Rules about the GC heap and its collections.</summary>
public sealed class HeapRulesTests
{
    private static MemoryProfile Committing(double committed, double used, bool? server = false, int processors = 8) =>
        Quiet.WithHeap(_ => Heap(gen2: used * MiB) with { CommittedBytes = (long)(committed * MiB) }) with
        {
            Process = Quiet.Process with { ServerGc = server, ProcessorCount = processors },
        };

    [Theory]
    [InlineData(false, 8, "DOTNET_GCConserveMemory")]
    [InlineData(true, 8, "DOTNET_GCHeapCount")]
    [InlineData(true, 2, "DOTNET_gcServer=0")]
    public void What_the_gc_holds_back_is_found(bool server, int processors, string advice)
    {
        var finding = new CommittedFreeRule().Apply(Committing(200, 100, server, processors)).Only("committed-free");

        Assert.Equal(100 * MiB, finding.Figure("freeBytes"));
        Assert.Contains(advice, finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("8.0.11", true)]
    [InlineData("9.0.0", false)]
    [InlineData("10.0.12", false)]
    [InlineData("10", false)]
    public void Adapting_the_number_of_heaps_is_advised_only_if_it_is_not_the_default(string? version, bool advised)
    {
        var profile = Committing(200, 100, server: true);

        var finding = new CommittedFreeRule().Apply(profile with { Process = profile.Process with { RuntimeVersion = version } }).Only("committed-free");

        Assert.Equal(advised, finding.Advice.Contains("DOTNET_GCDynamicAdaptationMode=1", StringComparison.Ordinal));
    }

    [Fact]
    public void The_gc_may_hold_a_little_or_much_for_a_moment()
    {
        Assert.Null(new CommittedFreeRule().Apply(Committing(100, 37)));
        Assert.Null(new CommittedFreeRule().Apply(Committing(1000, 601)));
        Assert.Null(new CommittedFreeRule().Apply(Quiet.WithHeap(at => Heap(gen2: at is > 50 and < 51.5 ? 190 * MiB : 50 * MiB) with { CommittedBytes = 200 * MiB })));
        Assert.Null(new CommittedFreeRule().Apply(Quiet.WithHeap(_ => Heap(gen2: MiB))));
    }

    private static MemoryProfile WithLoh(double size, params double[] free) => Quiet with
    {
        Heap = [.. free.Select((gaps, index) => Heap(loh: size * MiB, generation: 2) with { Seconds = index, Free = new(0, 0, 0, (long)(gaps * MiB), 0) })],
    };

    [Fact]
    public void Gaps_between_large_objects_are_found_after_two_full_collections()
    {
        Assert.Equal(60, new LohFragmentationRule().Apply(WithLoh(100, 10, 55, 60)).Only("loh-fragmentation").Figure("freePercent"), 1e-9);
        Assert.Null(new LohFragmentationRule().Apply(WithLoh(100, 60)));
        Assert.Null(new LohFragmentationRule().Apply(WithLoh(100, 60, 49)));
        Assert.Null(new LohFragmentationRule().Apply(WithLoh(40, 31, 31)));
        Assert.Null(new LohFragmentationRule().Apply(Quiet.WithHeap(_ => Heap(loh: 100 * MiB, generation: 1) with { Free = new(0, 0, 0, 60 * MiB, 0) })));
    }

    private static MemoryProfile Churning(double mib, double kept, int collections, double objectSize = 100_000)
    {
        var allocated = Sampled(mib * MiB, mib * MiB / objectSize, 10_000);
        return Quiet.WithHeap(at => Heap(loh: kept * MiB * at / Minute)) with
        {
            Allocations = Quiet.Allocations with { Total = allocated, Sites = [new SiteAllocations("System.Byte[]", Site, Site, null, allocated)] },
            Collections = new CollectionSummary([.. Enumerable.Range(0, collections).Select(i => Collection(i, 2, 1, "AllocLarge"))], collections, 1, 0.1),
        };
    }

    private static GarbageCollection Collection(int number, int generation, double pauseMs, string reason = "AllocSmall") =>
        new(number, generation, false, reason, reason == "Induced", number, pauseMs, pauseMs, null, null);

    [Fact]
    public void Large_objects_that_die_young_are_found()
    {
        var finding = new LohChurnRule().Apply(Churning(100, 10, 3)).Only("loh-churn");

        Assert.Contains("System.Byte[] at Shop.Cache.Add (Cache.cs:42)", finding.Title, StringComparison.Ordinal);
        Assert.Null(new LohChurnRule().Apply(Churning(100, 10, 2)));
        Assert.Null(new LohChurnRule().Apply(Churning(100, 21, 3)));
        Assert.Null(new LohChurnRule().Apply(Churning(65, 0, 3)));
        Assert.Null(new LohChurnRule().Apply(Churning(100, 10, 3, objectSize: 84_000)));
    }

    [Fact]
    public void What_counts_as_large_is_the_runtimes_setting()
    {
        Assert.Null(new LohChurnRule().Apply(Churning(100, 10, 3) with { GcSettings = new GcSettings(null, false, 200_000) }));
        Assert.NotNull(new LohChurnRule().Apply(Churning(100, 10, 3, objectSize: 250_000) with { GcSettings = new GcSettings(null, false, 200_000) }));
    }

    [Fact]
    public void Gaps_between_pinned_objects_are_found()
    {
        static MemoryProfile With(double free, long pinned, int every = 1) =>
            Quiet.WithHeap(at => Heap() with { Free = new(at % every == 0 ? (long)(free * MiB) : 0, 0, 0, 0, 0), PinnedObjects = pinned });

        Assert.Equal(500, new PinnedFragmentationRule().Apply(With(17, 500)).Only("pinned-fragmentation").Figure("pinnedObjects"));
        Assert.Null(new PinnedFragmentationRule().Apply(With(15, 500)));
        Assert.Null(new PinnedFragmentationRule().Apply(With(17, 9)));
        Assert.Null(new PinnedFragmentationRule().Apply(With(17, 500, every: 3)));
    }

    private static MemoryProfile Aging(double diedGen2, double allocated, long samples = 1000) => Quiet with
    {
        Allocations = Quiet.Allocations with { Total = Sampled(allocated * MiB, 1000, 1000) },
        Live = SampleProfiles.LiveEmpty.Live! with
        {
            Lifetimes = [new LifetimeSite("Shop.Order", Site, Sampled(100 * MiB, 1_000_000, samples), (100 - diedGen2) * MiB, 0, diedGen2 * MiB, 0, MiB)],
        },
    };

    [Fact]
    public void A_mid_life_crisis_is_found_where_much_dies_in_generation_2()
    {
        new MidLifeCrisisRule().Apply(Aging(50, 200)).Only("mid-life-crisis");
        Assert.Null(new MidLifeCrisisRule().Apply(Aging(19, 200)));
        Assert.Null(new MidLifeCrisisRule().Apply(Aging(50, 1000)));
        Assert.Null(new MidLifeCrisisRule().Apply(Aging(50, 200, samples: 9)));
        Assert.Null(new MidLifeCrisisRule().Apply(Aging(21, 200, samples: 12)));
        Assert.Null(new MidLifeCrisisRule().Apply(Quiet));
    }

    private static MemoryProfile Pausing(double percent, int collections, int costliest) => Quiet with
    {
        Collections = new CollectionSummary(
            [.. Enumerable.Range(0, collections).Select(i => Collection(i, i == 0 ? costliest : 0, i == 0 ? 1000 : 1))], 1000 + collections - 1, 1000, percent),
        Allocations = Quiet.Allocations with { Sites = [new SiteAllocations("Shop.Order", Site, Site, null, Sampled(MiB, 1, 10))] },
    };

    [Theory]
    [InlineData(10, FindingSeverity.Warning)]
    [InlineData(50, FindingSeverity.Critical)]
    public void Much_time_in_collections_is_found(double percent, FindingSeverity severity)
    {
        var finding = new TimeInGcRule().Apply(Pausing(percent, 20, 2)).Only("time-in-gc");

        Assert.Equal((severity, percent), (finding.Severity, finding.Figure("pausePercent")));
        Assert.Contains("generation 2", finding.Detail, StringComparison.Ordinal);
        Assert.EndsWith("Most is allocated at Shop.Cache.Add (Cache.cs:42).", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Little_time_in_collections_or_few_of_them_give_no_finding()
    {
        Assert.Null(new TimeInGcRule().Apply(Pausing(9.9, 20, 2)));
        Assert.Null(new TimeInGcRule().Apply(Pausing(60, 9, 2)));
    }

    [Theory]
    [InlineData(51, true)]
    [InlineData(49, false)]
    public void Time_in_induced_collections_points_to_their_caller(double inducedMs, bool induced)
    {
        var profile = Quiet with
        {
            Collections = new CollectionSummary(
                [Collection(0, 2, inducedMs, "Induced"), .. Enumerable.Range(1, 10).Select(i => Collection(i, 2, (100 - inducedMs) / 10))], 100, inducedMs, 20)
            {
                Requests = [new(null, 1), new(Site, 1)],
            },
        };

        var finding = new TimeInGcRule().Apply(profile).Only("time-in-gc");

        Assert.Equal(induced, finding.Advice.StartsWith("51.0% of it is for induced collections, mainly at Shop.Cache.Add (Cache.cs:42)", StringComparison.Ordinal));
        Assert.Equal(!induced, finding.Advice.StartsWith("Keep fewer long-lived objects", StringComparison.Ordinal));
    }

    private static MemoryProfile Asking(int times, double pauseMs, ImmutableArray<CollectionRequest> requests) => Quiet with
    {
        Collections = new CollectionSummary([.. Enumerable.Range(0, times).Select(i => Collection(i, 2, pauseMs, "Induced"))], times * pauseMs, pauseMs, 0) { Requests = requests },
    };

    [Fact]
    public void The_caller_that_induces_collections_is_found()
    {
        var finding = new InducedCollectionsRule().Apply(Asking(20, 1, [new(Site, 18), new(null, 2)])).Only("induced-collections");

        Assert.Equal("18 collections were induced by Shop.Cache.Add (Cache.cs:42).", finding.Title);
        Assert.Equal(FindingSeverity.Info, finding.Severity);
        var lasting = new InducedCollectionsRule().Apply(Asking(20, 40, [new(Site, 20)])).Only("induced-collections");
        Assert.Equal(FindingSeverity.Warning, lasting.Severity);
        Assert.Equal(100 * 20 * 40 / 60_000.0, lasting.Figure("sharePercent"), 1e-9);
    }

    [Theory]
    [InlineData(2, "21 collections were induced, most often by Shop.Cache.Add (Cache.cs:42) (18 times), and by 1 other caller.")]
    [InlineData(3, "24 collections were induced, most often by Shop.Cache.Add (Cache.cs:42) (18 times), and by 2 other callers.")]
    public void Of_several_callers_the_first_is_charged_with_its_own_requests_only(int callers, string title)
    {
        CollectionRequest[] others = [.. Enumerable.Range(1, callers - 1).Select(i => new CollectionRequest(Site with { Line = 100 + i }, 3))];

        var finding = new InducedCollectionsRule().Apply(Asking(24, 1, [new(Site, 18), .. others, new(null, 2)])).Only("induced-collections");

        Assert.Equal((title, (double)callers), (finding.Title, finding.Figure("callers")));
    }

    /// <summary>Two collections of half a minute in all that a tool asked for, and three of the program's own.</summary>
    private static MemoryProfile Recorded(double ownMs) => Quiet.WithRss(_ => 300 * MiB) with
    {
        Collections = new CollectionSummary(
            [
                .. Enumerable.Range(0, 2).Select(i => Collection(i, 2, 15_000, "Induced") with { ByProgram = false }),
                .. Enumerable.Range(2, 3).Select(i => Collection(i, 0, ownMs / 3, "Induced") with { ByProgram = true }),
                .. Enumerable.Range(5, 10).Select(i => Collection(i, 0, 0)),
            ],
            30_000 + ownMs,
            15_000,
            (30_000 + ownMs) / 600)
        {
            Requests = [new(Site, 3), new(null, 2)],
        },
    };

    [Theory]
    [InlineData(3, FindingSeverity.Info)]
    [InlineData(900, FindingSeverity.Warning)]
    public void The_pauses_of_a_tools_collections_are_not_the_programs(double ownMs, FindingSeverity severity)
    {
        var findings = FindingRules.Apply(Recorded(ownMs));

        var induced = Assert.Single(findings, finding => finding.Id == "induced-collections");
        Assert.Equal((severity, 3.0), (induced.Severity, induced.Figure("requests")));
        Assert.Equal(ownMs, induced.Figure("pauseMs"), 1e-9);
        Assert.DoesNotContain(findings, finding => finding.Id == "time-in-gc");
        Assert.Equal(severity == FindingSeverity.Info, findings.Any(finding => finding.Id == "steady"));
    }

    [Fact]
    public void Much_time_in_the_programs_own_collections_is_found_beside_a_tools()
    {
        var finding = Assert.Single(FindingRules.Apply(Recorded(9_000)), finding => finding.Id == "time-in-gc");

        Assert.Equal((15, 9_000, 3_000, 13), (finding.Figure("pausePercent"), finding.Figure("pauseTotalMs"), finding.Figure("pauseMaxMs"), finding.Figure("collections")));
    }

    [Fact]
    public void The_recorders_own_collections_and_a_few_others_give_no_finding()
    {
        Assert.Null(new InducedCollectionsRule().Apply(Asking(2, 40, [new(null, 2)])));
        Assert.Null(new InducedCollectionsRule().Apply(Asking(4, 40, [new(Site, 2), new(null, 2)])));
        new InducedCollectionsRule().Apply(Asking(3, 1, [])).Only("induced-collections");
    }
}
