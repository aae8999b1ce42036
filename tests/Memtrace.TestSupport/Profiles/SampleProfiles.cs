using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.Profiles;

/// <summary>Profiles made by hand, for tests of what writes profiles.</summary>
internal static class SampleProfiles
{
    private const long MiB = 1024 * 1024;

    private const string Order = "Shop.Orders.Order";
    private const string Entries = "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Entry[]";
    private const string Bytes = "System.Byte[]";

    private static readonly Frame ThreadStart = Framework("System.Threading.Thread.StartCallback");
    private static readonly Frame Dispatch = Framework("System.Threading.ThreadPoolWorkQueue.Dispatch");
    private static readonly Frame RunTask = Framework("System.Threading.Tasks.Task.ExecuteWithThreadLocal");
    private static readonly Frame Main = User("Shop.Program.Main", "/src/Shop/Program.cs", 12);
    private static readonly Frame Handle = User("Shop.Orders.OrderController.HandleAsync", "/src/Shop/Orders/OrderController.cs", 88);
    private static readonly Frame Add = User("Shop.Orders.OrderCache.Add", "/src/Shop/Orders/OrderCache.cs", 42);
    private static readonly Frame Resize = Framework("System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Resize");
    private static readonly Frame Render = User("Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>", @"C:\src\Shop\Web\InvoiceRenderer.cs", 117);
    private static readonly Frame Unresolved = new("0x00007F3A12345678", null, null, null, FrameOrigin.Unresolved);

    private static readonly CallStack Request = new(Handle, new(RunTask, new(Dispatch, new(ThreadStart, null))));
    private static readonly CallStack AddStack = new(Add, Request);
    private static readonly CallStack ResizeStack = new(Resize, AddStack);
    private static readonly CallStack RenderStack = new(Render, Request);
    private static readonly CallStack MainStack = new(Main, null);
    private static readonly CallStack UnresolvedStack = new(Unresolved, null);

    /// <summary>A leaking service in a container: everything is known, nothing went wrong but a frame without a name.</summary>
    public static MemoryProfile Shop { get; } = new(
        new ProcessDescription(4711, "Shop.Api", "dotnet /srv/shop/Shop.Api.dll --urls http://*:8080 --environment Production", "10.0.12", "x64", "Linux", 8, true, true),
        new RecordingDescription("shop.nettrace", new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero), 125, 0, EndReason.TargetKilled, "signal 9", true, false, null, 5200, 0, 640, 1),
        new MemorySummary(
            new Measure(120 * MiB, 1201 * MiB, 1240 * MiB, 112),
            new Measure(88 * MiB, 1048 * MiB, 1048 * MiB, 123),
            new Measure(105 * MiB, 1105 * MiB, 1105 * MiB, 123),
            1401 * MiB,
            new ContainerMemorySummary(2048 * MiB, 1331 * MiB, 0),
            new MachineMemorySummary(32100 * MiB, 12600 * MiB)),
        Collections(),
        ShopAllocations(),
        Timeline());

    /// <summary>The same service, recorded with survival: the cache leaks, orders queue up to a peak and drain, rendering churns.</summary>
    public static MemoryProfile Live { get; } = Shop with
    {
        Recording = Shop.Recording with { SurvivalTracking = true },
        Live = ShopLive(),
    };

    /// <summary>Nothing but a header: no samples, no collections, no allocations.</summary>
    public static MemoryProfile Empty { get; } = new(
        new ProcessDescription(0, null, null, null, null, null, 0, null, null),
        new RecordingDescription("empty.nettrace", null, 0, 0, null, null, true, false, null, 0, 0, 0, 0),
        new MemorySummary(null, null, null, null, null, null),
        new CollectionSummary([], 0, 0, 0),
        new AllocationProfile(AllocationSampling.None, Estimate.Zero, 0, [], [], []),
        []);

    /// <summary>A recording with survival in which no collection has looked at anything yet.</summary>
    public static MemoryProfile LiveEmpty { get; } = Empty with
    {
        Recording = Empty.Recording with { File = "idle.nettrace", DurationSeconds = 3, SurvivalTracking = true },
        Live = new LiveHeapProfile(NothingAt(3) with { Uncollected = Sampled(MiB, 2000, 10) }, NothingAt(0), null, null, 0, 1, [], []),
    };

    /// <summary>A recording of another tool: ticks, no figures of the operating system.</summary>
    public static MemoryProfile Ticks { get; } = Shop with
    {
        Process = new ProcessDescription(812, "Legacy", null, "8.0.11", "x64", "Windows", 4, false, true),
        Recording = new RecordingDescription("gc-verbose.nettrace", Shop.Recording.StartedAt, 61, 0, null, null, true, false, null, 5200, 0, 640, 0),
        Memory = new MemorySummary(null, Shop.Memory.GcHeap, null, null, null, null),
        Allocations = Shop.Allocations with { Sampling = AllocationSampling.Tick },
        Timeline = [.. Timeline().Where(point => point.GcHeapBytes is not null).Select(point => point with { RssBytes = null })],
    };

    /// <summary>A window of a recording that went wrong in every way.</summary>
    public static MemoryProfile Truncated { get; } = Shop with
    {
        Recording = new RecordingDescription("cut.nettrace", Shop.Recording.StartedAt, 30, 60, null, null, false, true, "a collection stopped the process for 612 ms.", 5200, 123_456, 640, 64),
        Memory = Shop.Memory with { Container = new ContainerMemorySummary(null, 1331 * MiB, 1) },
        Timeline = [.. Timeline().Where(point => point.Seconds is >= 60 and <= 90)],
        Live = ShopLive() with { PeakRss = null, UnknownSurvival = 17, TrackingRate = 0.25 },
    };

    /// <summary>The service, had it allocated twice as much.</summary>
    public static MemoryProfile Twice { get; } = Shop with { Allocations = Shop.Allocations with { Total = Shop.Allocations.Total + Shop.Allocations.Total } };

    /// <summary>Names that try to be something else: markup, escape sequences, line breaks, quotes; and one that is very long.</summary>
    public static MemoryProfile Hostile { get; } = new(
        new ProcessDescription(1, "[red]app[/]\u001b]0;owned\u0007", "app \"a b\"\nsecond\u001b[2Jline", "10.0.12", "x64", "Linux", 1, false, false),
        Shop.Recording with { SurvivalTracking = true, File = "[bold]hostile\u202e.nettrace", EndReason = EndReason.Other, EndDetail = "[/]\r\n" },
        Shop.Memory,
        new CollectionSummary([new GarbageCollection(1, 0, false, "[blink]\u001b[31mReason", false, 1, 2, 2, null, null)], 2, 2, 0.1),
        HostileAllocations(),
        Shop.Timeline,
        HostileLive());

    private static LiveHeapProfile ShopLive()
    {
        var cached = new LiveSite(Order, Add, Add, AddStack, new(Sampled(612 * MiB, 12_000_000, 3000), Sampled(4 * MiB, 80_000, 38), 0.41, 17.5, 61));
        var table = new LiveSite(Entries, Add, Resize, ResizeStack, new(Sampled(256 * MiB, 2, 128), Estimate.Zero, 0.043, 6, 20));
        var startup = new LiveSite(Order, Main, Main, MainStack, new(Sampled(55 * MiB, 1_100_000, 27), Estimate.Zero, 1, 39, 124.5));
        var rendered = new LiveSite(Bytes, Render, Render, RenderStack, new(Sampled(2 * MiB, 1, 1), Sampled(20 * MiB, 2, 10), 0.0008, 1, 0.5));
        var fresh = new LiveSite("System.String", Unresolved, Unresolved, UnresolvedStack, new(Estimate.Zero, Sampled(200 * 1024, 3000, 1), 0, 0, 0));
        var backlog = new LiveSite(Bytes, Handle, RunTask, Request, new(Sampled(300 * MiB, 3000, 1500), Estimate.Zero, 0.9, 4, 12));
        return new LiveHeapProfile(
            Snapshot(125, [cached, table, startup, rendered, fresh]),
            Snapshot(101.5, [cached with { Survival = cached.Survival with { Live = Sampled(500 * MiB, 10_000_000, 2500) } }, backlog, table, startup]) with { Unproved = Sampled(62 * MiB, 1_200_000, 310) },
            Snapshot(112, [cached, table, startup]) with { Unproved = Estimate.Zero },
            123 * MiB,
            0,
            1,
            [
                new GrowthSite(Order, Add, 4.9 * MiB, 0.2 * MiB, 12 * MiB, 612 * MiB, [.. Enumerable.Range(0, 40).Select(i => new GrowthPoint(3.0 * i, (12 + 15.4 * i) * MiB))]),
                new GrowthSite(Entries, Add, 2.1 * MiB, 1.1 * MiB, MiB, 256 * MiB, [.. Enumerable.Range(0, 40).Select(i => new GrowthPoint(3.0 * i, Math.ScaleB(1, i / 5 + 1) * MiB))]),
                new GrowthSite("System.Object", null, 1024, 2048, 0, 102_400, [new(60, 0), new(120, 102_400)]),
            ],
            [
                new LifetimeSite(Entries, Add, Sampled(6000 * MiB, 40, 3000), 0, 0, 5744 * MiB, 256 * MiB, 48 * MiB),
                new LifetimeSite(Bytes, Render, Sampled(2500 * MiB, 320_000, 1250), 2000 * MiB, 478 * MiB, 0, 22 * MiB, 20 * MiB),
                new LifetimeSite(Order, Add, Sampled(1500 * MiB, 30_000_000, 920), 184 * MiB, 100 * MiB, 600 * MiB, 616 * MiB, 12 * MiB),
                new LifetimeSite("System.Object", null, Sampled(102_400, 4266, 1), 102_400, 0, 0, 0, 819),
            ]);
    }

    private static LiveHeapProfile HostileLive()
    {
        ImmutableArray<LiveSite> sites =
        [
            .. HostileAllocations().Sites.Select(site => new LiveSite(
                site.Type, site.Site, site.Allocator, site.Stack, new(site.Allocated, Estimate.Zero, 1, 2, 3))),
        ];
        return new LiveHeapProfile(
            Snapshot(125, sites),
            Snapshot(125, sites),
            null,
            0,
            0,
            1,
            [.. sites.Select(site => new GrowthSite(site.Type, site.Site, 1024, 10, 0, 102_400, [new(0, 0), new(62, 51_200), new(125, 102_400)]))],
            [.. sites.Select(site => new LifetimeSite(site.Type, site.Site, site.Survival.Live, 0, 0, site.Survival.Live.Bytes, 0, 1024))]);
    }

    private static LiveSnapshot NothingAt(double seconds) => new(seconds, Estimate.Zero, Estimate.Zero, [], [], []);

    private static LiveSnapshot Snapshot(double seconds, ImmutableArray<LiveSite> sites) => new(
        seconds,
        Sum(sites.Select(site => site.Survival.Live)),
        Sum(sites.Select(site => site.Survival.Uncollected)),
        [.. sites.GroupBy(site => site.Type).Select(LiveTypeOf).OrderByDescending(type => type.Survival.Live.Bytes)],
        sites,
        [.. sites.Where(site => site.Survival.Live.Samples > 0).Select(site => new LiveStack(site.Type, site.Stack, site.Survival.Live))]);

    private static LiveType LiveTypeOf(IGrouping<string, LiveSite> sites)
    {
        var first = sites.First().Survival;
        return new LiveType(sites.Key, first with
        {
            Live = Sum(sites.Select(site => site.Survival.Live)),
            Uncollected = Sum(sites.Select(site => site.Survival.Uncollected)),
        });
    }

    private static AllocationProfile ShopAllocations()
    {
        ImmutableArray<StackAllocations> stacks =
        [
            new(Entries, ResizeStack, Sampled(6000 * MiB, 40, 3000)),
            new(Bytes, RenderStack, Sampled(2500 * MiB, 20, 1250)),
            new(Order, AddStack, Sampled(1500 * MiB, 30_000_000, 920)),
            new(Order, MainStack, Sampled(55 * MiB, 1_100_000, 27)),
            new("System.String", UnresolvedStack, Sampled(400 * 1024, 6000, 2)),
            new("System.Object", null, Sampled(102_400, 4266, 1)),
        ];
        return Profile(stacks, site => site.Stack == ResizeStack ? Add : site.Stack?.Frame);
    }

    private static AllocationProfile HostileAllocations()
    {
        var method = User("[link=http://evil]Evil\u001b]8;;http://evil\u0007.Run[/]", "/src/a,b\"c\"\n.cs", 1);
        var longName = "Very.Long.Namespace." + string.Join('.', Enumerable.Range(0, 12).Select(i => $"Segment{i}"))
            + ".Container<" + string.Join(", ", Enumerable.Range(0, 20).Select(i => $"Some.Space.Argument{i}")) + ">";
        return Profile(
            [
                new("[red]Evil\u001b[31m,Type\r\n\"quoted\"[/]", new CallStack(method, null), Sampled(3 * MiB, 100, 30)),
                new(longName, new CallStack(User(longName + ".MethodWithAnExtraordinarilyLongNameThatGoesOnAndOn", null, null), null), Sampled(2 * MiB, 100, 20)),
                new("注文.受注データ\ud800", new CallStack(User("注文.受注データ.追加", "/src/注文.cs", 7), null), Sampled(MiB, 100, 10)),
            ],
            site => site.Stack?.Frame);
    }

    private static AllocationProfile Profile(ImmutableArray<StackAllocations> stacks, Func<StackAllocations, Frame?> site)
    {
        var total = Sum(stacks.Select(stack => stack.Allocated));
        return new AllocationProfile(
            AllocationSampling.Randomized,
            total,
            total.Bytes / 125,
            [.. stacks.GroupBy(stack => stack.Type).Select(type => new TypeAllocations(type.Key, Sum(type.Select(stack => stack.Allocated)))).OrderByDescending(type => type.Allocated.Bytes)],
            [.. stacks.Select(stack => new SiteAllocations(stack.Type, site(stack), stack.Stack?.Frame, stack.Stack, stack.Allocated))],
            stacks);
    }

    private static Estimate Sum(IEnumerable<Estimate> estimates) => estimates.Aggregate(Estimate.Zero, Estimate.Add);

    /// <summary>An estimate whose relative standard deviation is that of counting the samples.</summary>
    private static Estimate Sampled(double bytes, double objects, long samples) =>
        new(bytes, bytes * bytes / samples, objects, objects * objects / samples, samples);

    private static CollectionSummary Collections()
    {
        var items = Enumerable.Range(0, 40).Select(i => new GarbageCollection(
            101 + i,
            i % 10 == 9 ? 2 : i % 4 == 3 ? 1 : 0,
            i == 19,
            i % 10 == 9 ? "Induced" : "AllocSmall",
            i % 10 == 9,
            3 * i + 0.5,
            2 + i,
            1.5 + i / 2.0,
            (64 + 24 * i) * MiB,
            i == 0 ? null : 12 * i * MiB));
        var all = items.ToImmutableArray();
        return new CollectionSummary(all, all.Sum(item => item.PauseMs), 20.5, 0.36);
    }

    private static ImmutableArray<TimelinePoint> Timeline() =>
    [
        .. Enumerable.Range(0, 126).Select(second => new TimelinePoint(
            second,
            (120 + Math.Min(second, 112) * 10 - (second > 112 ? 3 * (second - 112) : 0)) * MiB,
            second < 3 ? null : (64 + second / 3 * 24) * MiB,
            second < 3 ? null : (80 + second / 3 * 25) * MiB,
            second * 80.0 * MiB)),
    ];

    private static Frame User(string method, string? file, int? line) => new(method, "Shop.dll", file, line, FrameOrigin.User);

    private static Frame Framework(string method) => new(method, "System.Private.CoreLib.dll", null, null, FrameOrigin.Framework);
}
