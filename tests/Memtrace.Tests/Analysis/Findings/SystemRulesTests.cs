using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

/// <summary>Rules about the resident set, the container and the machine.</summary>
public sealed class SystemRulesTests
{
    [Fact]
    public void Where_names_what_makes_up_most_of_it()
    {
        var profile = WithoutRss with
        {
            Breakdown =
            [
                Breakdown(60, (MemoryCategory.MallocHeap, 500), (MemoryCategory.GcHeap, 300), (MemoryCategory.MappedFiles, 200), (MemoryCategory.Images, 60), (MemoryCategory.ThreadStacks, 4)),
            ],
        };

        var finding = new WhereRule().Apply(profile).Only("where");

        Assert.Equal("Most of the 1.0 GiB resident is malloc (500.0 MiB, 47.0%), the GC heap (300.0 MiB, 28.2%) and mapped files (200.0 MiB, 18.8%).", finding.Title);
        Assert.Equal("Everything else: 64.0 MiB.", finding.Detail);
        Assert.Equal(["rssBytes", "mallocHeapBytes", "gcHeapBytes", "mappedFilesBytes"], finding.Evidence.Select(item => item.Name));
    }

    [Fact]
    public void Where_does_not_apply_to_a_small_process_or_without_a_breakdown()
    {
        Assert.Null(new WhereRule().Apply(Quiet));
        Assert.Null(new WhereRule().Apply(WithoutRss with { Breakdown = [Breakdown(1, (MemoryCategory.GcHeap, 99))] }));
        Assert.EndsWith("is the GC heap (90.0 MiB, 90.0%).", new WhereRule().Apply(WithoutRss with { Breakdown = [Breakdown(1, (MemoryCategory.GcHeap, 90), (MemoryCategory.Images, 10))] }).Only("where").Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_concluded_from_categories_that_were_not_told_apart()
    {
        var whole = Breakdown(60, (MemoryCategory.MappedFiles, 100), (MemoryCategory.OtherAnonymous, 100));
        var sums = whole with { Categories = [.. whole.Categories.Select(item => item with { IsKnown = item.Bytes > 0 })] };

        Assert.Equal("where", new WhereRule().Apply(WithoutRss with { Breakdown = [whole] })?.Finding.Id);
        new MappedFilesRule().Apply(WithoutRss with { Breakdown = [whole] }).Only("mapped-files");
        Assert.Null(new WhereRule().Apply(WithoutRss with { Breakdown = [sums] }));
        Assert.Null(new MappedFilesRule().Apply(WithoutRss with { Breakdown = [sums] }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void If_most_of_the_gc_heap_is_free_the_advice_is_how_to_release_it(bool live)
    {
        MemoryProfile With(double free, double gen2) => WithoutRss with
        {
            Live = live ? SampleProfiles.LiveEmpty.Live : null,
            Allocations = WithoutRss.Allocations with { Total = Sampled(250 * MiB, 1000, 400) },
            Breakdown = [Breakdown(60, (MemoryCategory.GcHeap, free + gen2)) with { GcHeap = new GcHeapBreakdown(0, 0, (long)(gen2 * MiB), 0, 0, (long)(free * MiB)) }],
        };

        var free = new WhereRule().Apply(With(101, 99)).Only("where");
        var used = new WhereRule().Apply(With(99, 101)).Only("where");

        Assert.Equal("Most of the GC heap, 101.0 MiB, is outside of all generations: allocated since the last collection, or free.", free.Detail);
        Assert.Equal([NextStep.Collect], free.Next);
        Assert.Contains("DOTNET_GCConserveMemory", free.Advice, StringComparison.Ordinal);
        Assert.Equal("Of the GC heap 99.0 MiB is outside of all generations: allocated since the last collection, or free.", used.Detail);
        Assert.Equal([live ? NextStep.ListLiveObjects : NextStep.RecordSurvival], used.Next);
    }

    [Fact]
    public void If_most_of_the_gc_heap_is_gaps_or_unknown_call_sites_are_not_the_first_advice()
    {
        var moment = Breakdown(60, (MemoryCategory.GcHeap, 200), (MemoryCategory.Images, 10));
        var known = moment with { GcHeap = new GcHeapBreakdown(0, 0, 200 * MiB, 0, 0, 0) };
        var allocating = WithoutRss with { Allocations = WithoutRss.Allocations with { Total = Sampled(250 * MiB, 1000, 400) } };
        MemoryProfile With(double gaps) => (allocating with { Breakdown = [known] }).WithHeap(_ => Heap(gen2: 200 * MiB) with { Free = new(0, 0, (long)(gaps * MiB), 0, 0) });

        var unknown = new WhereRule().Apply(WithoutRss with { Breakdown = [moment] }).Only("where");
        var fragmented = new WhereRule().Apply(With(101)).Only("where");

        Assert.Equal([NextStep.ShowGenerations, NextStep.Collect, NextStep.RecordSurvival], unknown.Next);

        // The only memory map snapshot was taken before the first collection.
        var collected = new WhereRule().Apply((WithoutRss with { Breakdown = [moment] }).WithHeap(_ => Heap(gen2: 200 * MiB, generation: 2))).Only("where");
        Assert.DoesNotContain("no collection", collected.Advice, StringComparison.Ordinal);
        Assert.Contains("Most of the GC heap, 101.0 MiB, was free space between objects", fragmented.Detail, StringComparison.Ordinal);
        Assert.Contains("gaps", fragmented.Advice, StringComparison.Ordinal);
        Assert.Equal([NextStep.RecordSurvival], new WhereRule().Apply(With(99)).Only("where").Next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void If_most_of_the_gc_heap_is_older_than_the_recording_the_advice_is_a_snapshot(bool live)
    {
        var heap = Breakdown(60, (MemoryCategory.GcHeap, 200), (MemoryCategory.Images, 10)) with { GcHeap = new GcHeapBreakdown(0, 0, 200 * MiB, 0, 0, 0) };
        var profile = (WithoutRss with { Breakdown = [heap], Live = live ? SampleProfiles.LiveEmpty.Live : null }).WithHeap(_ => Heap(gen2: 200 * MiB, generation: 2));

        var finding = new WhereRule().Apply(profile).Only("where");

        Assert.Equal([NextStep.TakeHeapSnapshot], finding.Next);
        Assert.Contains("older than the recording", finding.Advice, StringComparison.Ordinal);
    }

    private static MemoryProfile WithArenas(int count, double mib, double rest = 100, double largest = 0) => WithoutRss with
    {
        Breakdown = [Breakdown(1, (MemoryCategory.MallocHeap, mib), (MemoryCategory.GcHeap, rest)) with { Malloc = new MallocMemory(0, (long)(mib * MiB), count, 0) { LargestArena = (long)(largest * MiB) } }],
    };

    [Fact]
    public void Many_arenas_that_hold_much_are_found()
    {
        var finding = new MallocArenasRule().Apply(WithArenas(8, 65)).Only("malloc-arenas");
        Assert.Contains("MALLOC_ARENA_MAX", finding.Advice, StringComparison.Ordinal);
        Assert.Equal((8, 65 * MiB), (finding.Figure("arenas"), finding.Figure("arenaBytes")));
        Assert.Null(new MallocArenasRule().Apply(WithArenas(7, 65)));
        Assert.Null(new MallocArenasRule().Apply(WithArenas(8, 63)));
        Assert.Null(new MallocArenasRule().Apply(WithArenas(8, 65, rest: 600)));
        Assert.Null(new MallocArenasRule().Apply(Quiet));
    }

    [Fact]
    public void A_leak_ranks_before_the_arenas_that_it_fills()
    {
        var leak = WithArenas(9, 90, largest: 10).WithRss(at => MiB * (100 + at));
        leak = leak with { Breakdown = [Breakdown(0, (MemoryCategory.GcHeap, 10), (MemoryCategory.MallocHeap, 30)), .. leak.Breakdown] };

        Assert.Equal(["native-growth", "malloc-arenas"], FindingRules.Apply(leak).Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => finding.Id));
    }

    [Fact]
    public void A_large_heap_of_malloc_that_does_not_grow_may_be_fragmented()
    {
        MemoryProfile With(double main, double largest, double rest) => Quiet with
        {
            Breakdown = [Breakdown(1, (MemoryCategory.MallocHeap, main + largest), (MemoryCategory.GcHeap, rest)) with { Malloc = new MallocMemory((long)(main * MiB), (long)(largest * MiB), 1, 0) { LargestArena = (long)(largest * MiB) } }],
        };

        var finding = new MallocHeapRule().Apply(With(129, 0, 100)).Only("malloc-heap");
        Assert.Equal((FindingSeverity.Info, 129 * MiB), (finding.Severity, finding.Figure("heapBytes")));
        Assert.Contains("malloc_trim(0)", finding.Advice, StringComparison.Ordinal);
        new MallocHeapRule().Apply(With(1, 129, 100)).Only("malloc-heap");
        Assert.Null(new MallocHeapRule().Apply(With(127, 0, 100)));
        Assert.Null(new MallocHeapRule().Apply(With(129, 0, 400)));
        Assert.Null(new MallocHeapRule().Apply(Quiet));
    }

    [Fact]
    public void Memory_in_a_single_arena_gives_no_finding_about_arenas()
    {
        Assert.Equal(100 * MiB, new MallocArenasRule().Apply(WithArenas(11, 165, largest: 100)).Only("malloc-arenas").Figure("largestArenaBytes"));
        Assert.Null(new MallocArenasRule().Apply(WithArenas(11, 163, largest: 100)));
    }

    [Fact]
    public void Mapped_files_are_not_memory_that_the_program_allocated()
    {
        var mapped = Breakdown(1, (MemoryCategory.MappedFiles, 100), (MemoryCategory.GcHeap, 200)) with { LargestFiles = [new MappedFile("/data/index", 90 * MiB)] };

        var finding = new MappedFilesRule().Apply(WithoutRss with { Breakdown = [mapped] }).Only("mapped-files");
        Assert.Contains("/data/index, 90.0 MiB", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("200.0 MiB", finding.Advice, StringComparison.Ordinal);
        Assert.Null(new MappedFilesRule().Apply(WithoutRss with { Breakdown = [Breakdown(1, (MemoryCategory.MappedFiles, 63))] }));
        Assert.Null(new MappedFilesRule().Apply(WithoutRss with { Breakdown = [Breakdown(1, (MemoryCategory.MappedFiles, 100), (MemoryCategory.GcHeap, 301))] }));
    }

    private static MemoryProfile Contained(double usage, double? limit, long kills = 0) => WithoutRss with
    {
        Memory = Quiet.Memory with
        {
            Container = new ContainerMemorySummary(limit is { } mib ? (long)(mib * MiB) : null, (long)(usage * MiB), kills),
            Machine = new MachineMemorySummary(4096 * MiB, 2048 * MiB),
        },
    };

    [Theory]
    [InlineData(80, 0, FindingSeverity.Warning)]
    [InlineData(95, 0, FindingSeverity.Critical)]
    [InlineData(10, 1, FindingSeverity.Critical)]
    public void A_container_near_its_limit_is_found(double percent, long kills, FindingSeverity severity) =>
        Assert.Equal(severity, new ContainerLimitRule().Apply(Contained(10 * percent, 1000, kills)).Only("container-limit").Severity);

    [Fact]
    public void Contents_of_files_do_not_bring_a_container_to_its_limit()
    {
        static MemoryProfile With(double files, double shared = 0) => Contained(990, 1000) is var profile
            ? profile with
            {
                Memory = profile.Memory with { Container = profile.Memory.Container! with { FileBytes = (long)(files * MiB), SharedBytes = (long)(shared * MiB) } },
            }
            : null!;

        Assert.Null(new ContainerLimitRule().Apply(With(191)));
        Assert.Equal(FindingSeverity.Critical, new ContainerLimitRule().Apply(With(191, shared: 191)).Only("container-limit").Severity);
        var finding = new ContainerLimitRule().Apply(With(150)).Only("container-limit");
        Assert.Equal(84, finding.Figure("usedPercent"), 1e-6);
        Assert.Contains("The 150.0 MiB of page cache is not included", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_that_will_be_full_soon_is_found()
    {
        static MemoryProfile Growing(double left) => Quiet.WithRss(at => MiB * (100 + at)) is var profile
            ? profile with
            {
                Memory = profile.Memory with
                {
                    Container = new ContainerMemorySummary((long)((160 + left) * MiB), 160 * MiB, 0),
                    RssGrowth = new RssGrowth(MiB, 0, Minute, IsGcHeap: false),
                },
            }
            : null!;

        var finding = new ContainerLimitRule().Apply(Growing(590)).Only("container-limit");
        Assert.Equal(FindingSeverity.Critical, finding.Severity);
        Assert.Equal(590, finding.Figure("secondsLeft"), 1e-6);
        Assert.Null(new ContainerLimitRule().Apply(Growing(610)));

        // Its own limit stops the GC heap before the container's does.
        var heap = Growing(300) is var profile ? profile.Memory with { GcHeapLeftBytes = 200 * MiB, RssGrowth = profile.Memory.RssGrowth! with { IsGcHeap = true } } : null!;
        var limited = Growing(300) with { Memory = heap, GcSettings = new GcSettings(350 * MiB, false, 85_000) };
        Assert.Null(new ContainerLimitRule().Apply(limited));
        var limit = new GcLimitRule().Apply(limited).Only("gc-limit");
        Assert.Equal((FindingSeverity.Critical, 200), (limit.Severity, limit.Figure("secondsLeft")));
        Assert.Null(new GcLimitRule().Apply(limited with { Memory = heap with { RssGrowth = null } }));
    }

    [Fact]
    public void A_container_that_others_fill_is_found_and_the_process_is_not_blamed()
    {
        var profile = Contained(315, 400) is var made
            ? made with
            {
                Memory = made.Memory with
                {
                    Rss = new Measure(35 * MiB, 35 * MiB, 35 * MiB, 0),
                    Container = made.Memory.Container! with { AnonymousBytes = 310 * MiB, Growth = new MemoryGrowth(MiB, 0.01 * MiB, Minute) },
                },
            }
            : null!;

        var finding = new ContainerLimitRule().Apply(profile).Only("container-limit");

        Assert.Equal(FindingSeverity.Critical, finding.Severity);
        Assert.StartsWith("The container will be full in 1m 25s", finding.Title, StringComparison.Ordinal);
        Assert.Contains("not because of this process", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("Other processes use 275.0 MiB of it, this one 35.0 MiB.", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(275 * MiB, finding.Figure("otherProcessesBytes"));
        Assert.DoesNotContain("GCHeapHardLimit", finding.Advice, StringComparison.Ordinal);

        // What the process itself makes up of the growth is the process's.
        var own = profile with { Memory = profile.Memory with { RssGrowth = new RssGrowth(0.9 * MiB, 0, Minute, IsGcHeap: false) } };
        Assert.Contains("The process grows by", new ContainerLimitRule().Apply(own).Only("container-limit").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_memory_that_fills_a_container_has_its_own_advice()
    {
        var profile = Contained(204, 212) is var made
            ? made with { Memory = made.Memory with { Container = made.Memory.Container! with { KernelBytes = 150 * MiB, AnonymousBytes = 34 * MiB } } }
            : null!;

        var finding = new ContainerLimitRule().Apply(profile).Only("container-limit");

        Assert.Contains("150.0 MiB of it is kernel memory", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Look for sockets and pipes", finding.Advice, StringComparison.Ordinal);
        Assert.Equal(150 * MiB, finding.Figure("kernelBytes"));
    }

    [Fact]
    public void Handles_that_grow_are_found_by_kind()
    {
        static MemoryProfile With(double perSecond, params HandleCount[] counts) => Quiet.WithHeap(at => Heap() with { Handles = (long)(1000 + (perSecond * at) + Noise(at)) }) with
        {
            Breakdown = [Breakdown(59, (MemoryCategory.GcBookkeeping, 200)) with { Collector = CollectorMemory.Unknown with { HandleCounts = [.. counts] } }],
        };

        var finding = new HandleGrowthRule().Apply(With(300_000, new HandleCount("weak", 18_000_000), new HandleCount("normal", 900))).Only("handle-growth");

        Assert.StartsWith("18.0 M GC handles, growing by 300 k/s (2.3 MiB/s)", finding.Title, StringComparison.Ordinal);
        Assert.Contains("18.0 M weak, 900 normal handles", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("WeakReference", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("GCHandle.Alloc without Free", new HandleGrowthRule().Apply(With(300_000, new HandleCount("pinned", 5))).Only("handle-growth").Advice.Replace("with GCHandleType.Pinned ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(new HandleGrowthRule().Apply(With(100)));
        Assert.Null(new HandleGrowthRule().Apply(Quiet));
    }

    [Theory]
    [InlineData(30_000, null)]
    [InlineData(39_993, FindingSeverity.Warning)]
    [InlineData(62_000, FindingSeverity.Critical)]
    public void A_number_of_mappings_near_the_kernels_limit_is_found(int count, FindingSeverity? expected)
    {
        var profile = Quiet with { Breakdown = [Breakdown(59, (MemoryCategory.MallocHeap, 81)) with { MappingCount = count, MappingLimit = 65_530 }] };

        Assert.Equal(expected, new MappingLimitRule().Apply(profile)?.Finding.Severity);
        Assert.Null(new MappingLimitRule().Apply(Quiet));
    }

    [Fact]
    public void An_outdated_snapshot_gives_no_finding()
    {
        var breakdown = Breakdown(18, (MemoryCategory.MappedFiles, 109), (MemoryCategory.GcHeap, 1));

        new WhereRule().Apply(Quiet.WithRss(_ => 115 * MiB) with { Breakdown = [breakdown] }).Only("where");
        Assert.Null(new WhereRule().Apply(Quiet.WithRss(_ => 178 * MiB) with { Breakdown = [breakdown] }));
        Assert.Null(new MappedFilesRule().Apply(Quiet.WithRss(_ => 178 * MiB) with { Breakdown = [breakdown] }));
    }

    [Fact]
    public void A_process_that_has_ended_will_not_fill_its_container()
    {
        var growing = Quiet.WithRss(at => MiB * (100 + at));
        var memory = growing.Memory with { Container = new ContainerMemorySummary(500 * MiB, 160 * MiB, 0), RssGrowth = new RssGrowth(MiB, 0, Minute, IsGcHeap: false) };

        Assert.StartsWith(
            "The container will be full in ", new ContainerLimitRule().Apply(growing with { Memory = memory }).Only("container-limit").Title, StringComparison.Ordinal);
        Assert.Equal(340 * MiB, memory.Headroom?.Bytes);

        var over = memory with { IsOver = true };
        Assert.Null(new ContainerLimitRule().Apply(growing with { Memory = over }));
        Assert.Null(over.Headroom);
        var killed = new ContainerLimitRule().Apply(growing with { Memory = over with { Container = new ContainerMemorySummary(500 * MiB, 499 * MiB, 1) } });
        Assert.Equal("The OOM killer killed 1 process in the container, which used 99.8% of its 500.0 MiB.", killed.Only("container-limit").Title);
    }

    [Fact]
    public void A_container_with_room_or_without_a_limit_gives_no_finding()
    {
        Assert.Null(new ContainerLimitRule().Apply(Contained(799, 1000)));
        Assert.Null(new ContainerLimitRule().Apply(Contained(900, null)));
        Assert.Null(new ContainerLimitRule().Apply(Contained(900, 4096)));
        Assert.Null(new ContainerLimitRule().Apply(Quiet));
    }

    [Fact]
    public void A_heap_limit_beyond_the_containers_is_found()
    {
        static MemoryProfile With(double? gc, double? container = 1000) =>
            Contained(100, container) with { GcSettings = new GcSettings(gc is { } mib ? (long)(mib * MiB) : null, true, 85_000) };

        Assert.Equal("The GC heap limit of 1001.0 MiB exceeds the container's limit of 1000.0 MiB.", new GcLimitRule().Apply(With(1001)).Only("gc-limit").Title);
        Assert.Contains("does not know", new GcLimitRule().Apply(With(null)).Only("gc-limit").Title, StringComparison.Ordinal);
        Assert.Null(new GcLimitRule().Apply(With(750)));
        Assert.Null(new GcLimitRule().Apply(With(null, container: null)));
        Assert.Null(new GcLimitRule().Apply(With(null, container: 4096)));
        Assert.Null(new GcLimitRule().Apply(Contained(100, 1000)));
    }

    [Fact]
    public void A_process_that_ended_at_the_gc_heap_limit_is_found()
    {
        var finding = new GcLimitRule().Apply(Exhausted()).Only("gc-limit");

        Assert.Equal((FindingSeverity.Critical, "The process ended when the GC heap had reached its limit of 100.0 MiB."), (finding.Severity, finding.Title));
        Assert.Equal((95 * MiB, 2), (finding.Figure("committedBytes"), finding.Figure("outOfSpaceCollections")));
        Assert.Equal([NextStep.TakeHeapSnapshot, NextStep.RecordSurvivalAndCollect], finding.Next);
        Assert.Contains("(DOTNET_GCHeapHardLimit ", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("of the container", new GcLimitRule().Apply(Exhausted(configured: false)).Only("gc-limit").Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_aborts_at_the_gc_heap_limit_may_not_have_sent_its_last_collections()
    {
        var aborted = Exhausted() with { Collections = Quiet.Collections with { Items = [Collection(1, "AllocSmall")] } };

        Assert.Contains("95.0 MiB after the last recorded collection, at 1.0 s.", new GcLimitRule().Apply(aborted).Only("gc-limit").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EndReason.TargetKilled, null, null, "The process ended")]
    [InlineData(EndReason.TargetExited, 134, null, "The process ended")]
    [InlineData(EndReason.TargetExited, null, null, "The process ended")]
    [InlineData(EndReason.Duration, null, null, "The GC heap has reached its limit")]
    [InlineData(EndReason.TargetExited, 0, null, null)]
    [InlineData(EndReason.TargetKilled, null, 9, null)]
    [InlineData(EndReason.OutOfMemory, null, 9, null)]
    public void The_gc_heap_limit_explains_only_ends_that_an_exception_can_cause(EndReason reason, int? exitCode, int? signal, string? title)
    {
        var profile = Exhausted();
        var conclusion = new GcLimitRule().Apply(profile with { Recording = profile.Recording with { EndReason = reason, ExitCode = exitCode, Signal = signal } });

        if (title is null)
            Assert.Null(conclusion);
        else
            Assert.StartsWith(title, conclusion.Only("gc-limit").Title, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gc_heap_below_its_limit_or_with_space_left_is_not_exhausted()
    {
        Assert.Null(new GcLimitRule().Apply(Exhausted(committed: 89)));
        var running = Exhausted(lastReason: "AllocSmall") is var full ? full with { Recording = full.Recording with { EndReason = EndReason.Duration, Signal = null } } : null!;
        Assert.Null(new GcLimitRule().Apply(running));
        Assert.Null(new GcLimitRule().Apply(Exhausted() with { GcSettings = null }));
    }

    private static MemoryProfile Exhausted(double committed = 95, string lastReason = "OutOfSpaceSOH", bool configured = true) => Quiet with
    {
        Recording = Quiet.Recording with { EndReason = EndReason.TargetKilled, Signal = 6 },
        GcSettings = new GcSettings(100 * MiB, configured, 85_000),
        Memory = Quiet.Memory with { GcCommitted = new Measure(0, (long)(committed * MiB), (long)(committed * MiB), 59) },
        Collections = Quiet.Collections with { Items = [Collection(1, "AllocSmall"), Collection(2, "OutOfSpaceLOH"), Collection(3, lastReason)] },
    };

    private static GarbageCollection Collection(int number, string reason) => new(number, 2, Background: false, reason, Induced: false, number, 10, 10, null, null);

    [Theory]
    [InlineData(0, FindingSeverity.Info)]
    [InlineData(20, FindingSeverity.Warning)]
    public void Swapped_memory_is_found(double faultsPerSecond, FindingSeverity severity)
    {
        var finding = new SwapRule().Apply(Swapping(17, 80, faultsPerSecond)).Only("swap");

        Assert.Equal((severity, 17 * MiB), (finding.Severity, finding.Figure("swapBytes")));
        Assert.Equal(faultsPerSecond, finding.Figure("majorFaultsPerSecond"), 0.1);
    }

    [Fact]
    public void Page_faults_are_counted_per_second_of_what_is_shown()
    {
        var whole = Swapping(17, 80, 20);

        var end = new SwapRule().Apply(whole with { Readings = [.. whole.Readings.Where(reading => reading.Seconds >= 40)] }).Only("swap");

        Assert.Equal(20, end.Figure("majorFaultsPerSecond"), 0.1);
    }

    [Fact]
    public void A_little_swapped_memory_gives_no_finding()
    {
        Assert.Null(new SwapRule().Apply(Swapping(15, 80, 20)));
        Assert.Null(new SwapRule().Apply(Swapping(17, 900, 20)));
        Assert.Null(new SwapRule().Apply(Quiet));
    }

    private static MemoryProfile Swapping(double mib, double rss, double faultsPerSecond) => Quiet with
    {
        Readings = [.. Quiet.Readings.Select(reading => reading with { RssBytes = (long)(rss * MiB), SwapBytes = (long)(mib * MiB), MajorFaults = (long)(faultsPerSecond * reading.Seconds) })],
    };

    [Fact]
    public void Much_memory_without_growth_and_with_little_allocation_is_steady()
    {
        var large = Quiet.WithRss(_ => 300 * MiB);

        new SteadyRule().Apply(large).Only("steady");
        Assert.Null(new SteadyRule().Apply(Quiet));
        Assert.Null(new SteadyRule().Apply(Quiet.WithRss(at => MiB * (300 + (at / 8)))));
        Assert.Null(new SteadyRule().Apply(Quiet.WithRss(_ => 300 * MiB, seconds: 9)));
        Assert.Null(new SteadyRule().Apply(large with { Allocations = large.Allocations with { BytesPerSecond = 2 * MiB } }));
        Assert.Null(new SteadyRule().Apply(large with { Allocations = large.Allocations with { Sampling = AllocationSampling.None } }));
        Assert.Null(new SteadyRule().Apply(large with { Collections = large.Collections with { PausePercent = 2 } }));

        // Until a collection, an empty heap looks like a full one.
        var unknown = Breakdown(60, (MemoryCategory.GcHeap, 200), (MemoryCategory.Images, 100));
        Assert.Equal([NextStep.Collect], new SteadyRule().Apply(large with { Breakdown = [unknown] }).Only("steady").Next);
        Assert.Empty(new SteadyRule().Apply((large with { Breakdown = [unknown] }).WithHeap(_ => Heap(gen2: 200 * MiB, generation: 2))).Only("steady").Next);
        var known = unknown with { GcHeap = new GcHeapBreakdown(0, 0, 200 * MiB, 0, 0, 0) };
        Assert.Empty(new SteadyRule().Apply(large with { Breakdown = [known] }).Only("steady").Next);
    }
}
