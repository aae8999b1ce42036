using Memtrace.Analysis;
using Memtrace.Events;
using Memtrace.Profiles;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Analysis.Collections;

/// <summary>The heap over time, the requests for collections and the process over time, from events as the runtime and the recorder write them.</summary>
public sealed class HeapTrackerTests
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Rundown = "Microsoft-Windows-DotNETRuntimeRundown";
    private const string Recorder = "Dotnet-Memtrace";

    private static MemoryProfile Analyze(NettraceBuilder builder, AnalysisOptions? options = null) =>
        RecordingAnalysis.Analyze(() => new MemoryStream(builder.Build()), "test.nettrace", options ?? new AnalysisOptions());

    private static byte[] Committed(long inUse, long decommit, long free, long globalFree) =>
        [.. Text("CommittedUsage"), .. Bytes(42), .. Bytes((ushort)1), .. Bytes(inUse), .. Bytes(decommit), .. Bytes(free), .. Bytes(globalFree), .. Bytes(7L)];

    /// <summary>Free lists and other gaps of each generation after the collection; all else is filled with figures that must not be taken for them.</summary>
    private static byte[] History(params (long Lists, long Gaps)[] generations) =>
    [
        .. Bytes((ushort)0), .. Enumerable.Repeat(Bytes(99L), 6).SelectMany(field => field), .. Enumerable.Repeat(Bytes(99), 6).SelectMany(field => field), .. Bytes(99L),
        .. Bytes(generations.Length),
        .. generations.SelectMany(free => new[] { 9, 9, 9, 9, free.Lists, free.Gaps, 9, 9, 9, 9 }).SelectMany(Bytes),
    ];

    private static byte[] Statistics(long scale, long finalization = 0) =>
    [
        .. Bytes(scale), .. Bytes(1L), .. Bytes(2 * scale), .. Bytes(1L), .. Bytes(3 * scale), .. Bytes(1L), .. Bytes(4 * scale), .. Bytes(1L),
        .. Bytes(9L), .. Bytes(finalization), .. Bytes(11), .. Bytes(9), .. Bytes(13), .. Bytes((ushort)0), .. Bytes(5 * scale), .. Bytes(1L),
    ];

    private static byte[] Marked(int kind, long bytes) => [.. Bytes(0), .. Bytes((ushort)0), .. Bytes(kind), .. Bytes(bytes)];

    private static byte[] End(int number, int generation) => [.. Bytes(number), .. Bytes(generation), .. Bytes((ushort)0)];

    private static NettraceBuilder Collection(NettraceBuilder builder, int number, int generation, double seconds, long finalization = 0) => builder
        .Event(Runtime, 2, seconds, End(number, generation))
        .Event(Runtime, 4, seconds, Statistics(100 * number, finalization), version: 2);

    [Fact]
    public void A_collection_adds_a_point_with_the_figures_of_all_GC_heaps()
    {
        var builder = new NettraceBuilder()
            .Event(Runtime, 39, 1, Committed(1, 1, 1, 1))
            .Event(Runtime, 204, 1, History((1, 2), (3, 4), (5, 6), (7, 8), (9, 10)), version: 3)
            .Event(Runtime, 204, 1, History((10, 0), (0, 20), (30, 0), (0, 40), (50, 0)), version: 3)
            .Event(Runtime, 39, 1, Committed(4000, 300, 20, 1));

        var point = Assert.Single(Analyze(Collection(builder, 1, 2, 1)).Heap);

        Assert.Equal(new HeapPoint(1, 2, new(100, 200, 300, 400, 500), new(13, 27, 41, 55, 69), 4321, 11, 13, 0, 0), point);
    }

    [Fact]
    public void A_point_has_the_bytes_that_finalizers_keep_in_all_of_the_collectors_heaps()
    {
        var builder = new NettraceBuilder()
            .Event(Runtime, 202, 1, Marked(kind: 0, 1))
            .Event(Runtime, 202, 1, Marked(kind: 1, 20))
            .Event(Runtime, 202, 1, Marked(kind: 7, 300))
            .Event(Runtime, 202, 1, Marked(kind: 7, 4000));

        var points = Analyze(Collection(Collection(builder, 1, 2, 1), 2, 2, 2)).Heap;

        Assert.Equal([4320, null], points.Select(point => point.FinalizationBytes));
    }

    [Fact]
    public void Missing_figures_are_unknown_and_not_repeated_from_before()
    {
        var builder = Collection(new NettraceBuilder().Event(Runtime, 204, 1, History((1, 2)), version: 3), 1, 0, 1);

        var points = Analyze(Collection(builder, 2, 1, 2)).Heap;

        Assert.Equal([new GenerationBytes(3, 0, 0, 0, 0), null], points.Select(point => point.Free));
        Assert.All(points, point => Assert.Null(point.CommittedBytes));
    }

    [Fact]
    public void A_history_of_an_old_layout_is_left_alone() =>
        Assert.Null(Assert.Single(Analyze(Collection(new NettraceBuilder().Event(Runtime, 204, 1, History((1, 2)), version: 2), 1, 0, 1)).Heap).Free);

    [Fact]
    public void Finalizers_wait_until_their_thread_is_through()
    {
        var builder = Collection(new NettraceBuilder(), 1, 0, 1, finalization: 10).Event(Runtime, 13, 1.5, [.. Bytes(25), .. Bytes((ushort)0)]);
        builder = Collection(Collection(builder, 2, 0, 2, finalization: 10), 3, 0, 3, finalization: 5);

        Assert.Equal([(10L, 10L), (10, 10), (5, 15)], Analyze(builder).Heap.Select(point => (point.FinalizationSurvivors, point.FinalizationPending)));
    }

    [Fact]
    public void A_window_leaves_out_what_is_outside()
    {
        var builder = Collection(Collection(Collection(new NettraceBuilder(), 1, 0, 1), 2, 2, 2), 3, 0, 3);

        Assert.Equal(2, Assert.Single(Analyze(builder, new AnalysisOptions(1.5, 2.5)).Heap).Seconds, 6);
    }

    [Fact]
    public void Requests_for_collections_are_counted_by_call_site_and_others_are_not()
    {
        static byte[] Trigger(int reason) => [.. Bytes(reason), .. Bytes((ushort)0)];
        static byte[] Method(long start, string name) =>
            [.. Bytes(start), .. Bytes(77L), .. Bytes(start), .. Bytes(0x100), .. Bytes(0x06000001), .. Bytes(0), .. Text("My.Type"), .. Text(name), .. Text("void ()"), .. Bytes((ushort)0)];

        var requests = Analyze(new NettraceBuilder().Stacks(8, [0x1010, 0x2010], [0x1020, 0x3010])
            .Event(Runtime, 35, 1, Trigger(1), stack: 1)
            .Event(Runtime, 35, 2, Trigger(0), stack: 1)
            .Event(Runtime, 35, 3, Trigger(10), stack: 2)
            .Event(Runtime, 35, 4, Trigger(1))
            .Event(Runtime, 143, 5, Method(0x1000, "Collect"))).Collections.Requests;

        Assert.Equal([("My.Type.Collect", 2), (null, 1)], requests.Select(request => (request.Site?.Method, request.Count)));
    }

    [Fact]
    public void A_request_is_attributed_to_its_direct_caller_even_in_a_library()
    {
        static byte[] Trigger() => [.. Bytes(1), .. Bytes((ushort)0)];
        static byte[] Module(long id, string path) => [.. Bytes(id), .. Bytes(1L), .. Bytes(0L), .. Text(path), .. Text(string.Empty), .. Bytes((ushort)0), .. new byte[16]];
        static byte[] Method(long module, long start, string type, string name) =>
            [.. Bytes(start), .. Bytes(module), .. Bytes(start), .. Bytes(0x100), .. Bytes(0x06000001), .. Bytes(0), .. Text(type), .. Text(name), .. Text("void ()"), .. Bytes((ushort)0)];

        var requests = Analyze(new NettraceBuilder().Stacks(8, [0x1010, 0x1020, 0x2010, 0x3010], [0x1010, 0x3020])
            .Event(Runtime, 35, 1, Trigger(), stack: 1)
            .Event(Runtime, 35, 2, Trigger(), stack: 2)
            .Event(Runtime, 35, 3, Trigger(), stack: 1)
            .Event(Rundown, 154, 4, Module(1, "/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll"))
            .Event(Rundown, 154, 4, Module(2, "/app/Microsoft.ML.dll"))
            .Event(Rundown, 154, 4, Module(3, "/app/Shop.dll"))
            .Event(Runtime, 143, 5, Method(1, 0x1000, "System.GC", "Collect"))
            .Event(Runtime, 143, 5, Method(2, 0x2000, "Microsoft.ML.Trainer", "Fit"))
            .Event(Runtime, 143, 5, Method(3, 0x3000, "Shop.Program", "Main"))).Collections.Requests;

        Assert.Equal(
            [("Microsoft.ML.Trainer.Fit", "Shop.Program.Main", 2), ("Shop.Program.Main", null, 1)],
            requests.Select(request => (request.Site?.Method, request.UserCode?.Method, request.Count)));
    }

    [Fact]
    public void The_recorders_own_collections_are_distinguished_from_the_programs()
    {
        static byte[] Trigger() => [.. Bytes(1), .. Bytes((ushort)0)];
        static byte[] Start(int number) => [.. Bytes(number), .. Bytes(2), .. Bytes(1), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(0L)];
        static byte[] End(int number) => [.. Bytes(number), .. Bytes(2), .. Bytes((ushort)0)];

        var items = Analyze(new NettraceBuilder().Stacks(8, [0x1010, 0x2010])
            .Event(Runtime, 35, 1, Trigger())
            .Event(Runtime, 1, 2, Start(1))
            .Event(Runtime, 2, 3, End(1))
            .Event(Runtime, 35, 4, Trigger(), stack: 1)
            .Event(Runtime, 1, 5, Start(2))
            .Event(Runtime, 2, 6, End(2))).Collections.Items;

        Assert.Equal([(1, false), (2, true)], items.Select(item => (item.Number, item.ByProgram)));
    }

    [Theory]
    [InlineData(0, 0x1, null, false)]
    [InlineData(1 << 30, 0x9, 1L << 30, true)]
    [InlineData(1 << 29, 0x1, 1L << 29, false)]
    public void The_collectors_settings_are_in_the_rundown(long limit, int flags, long? expected, bool configured)
    {
        byte[] settings = [.. Bytes(limit), .. Bytes(85_000L), .. Bytes(1L), .. Bytes(2L), .. Bytes(3L), .. Bytes(95), .. Bytes(flags), .. Bytes((ushort)0)];

        Assert.Equal(
            new GcSettings(expected, configured, 85_000) { TotalAvailableBytes = expected ?? 1, HighLoadPercent = 95 },
            Analyze(new NettraceBuilder().Event(Rundown, 10, 1, settings)).GcSettings);
    }

    [Theory]
    [InlineData(4L << 30, 1L << 30, 1L << 30, 90)]
    [InlineData(4L << 30, -1, 4L << 30, 90)]
    [InlineData(200L << 30, -1, 200L << 30, null)]
    public void Without_settings_the_collector_goes_by_the_container_or_the_machine(long machine, long limit, long total, int? highLoad)
    {
        byte[] settings = [.. Bytes(0L), .. Bytes(85_000L), .. Bytes(0L), .. Bytes(0L), .. Bytes(0L), .. Bytes(0), .. Bytes(1), .. Bytes((ushort)0)];
        byte[] history = [.. Bytes(9L), .. Bytes(4), .. Bytes(9), .. Bytes(9), .. Bytes(9), .. Bytes(9), .. Bytes((ushort)0), .. Bytes(9), .. Bytes(63)];

        var actual = Analyze(new NettraceBuilder()
            .Event(Rundown, 10, 1, settings)
            .Event(Runtime, 205, 2, history, version: 3)
            .Event(Recorder, 3, 3, [.. Bytes(100L), .. Bytes(limit), .. Bytes(0L)])
            .Event(Recorder, 4, 4, [.. Bytes(machine), .. Bytes(1000L), .. BitConverter.GetBytes(0.0)])).GcSettings;

        Assert.Equal(new GcSettings(null, false, 85_000) { TotalAvailableBytes = total, HighLoadPercent = highLoad, LoadPercent = 63 }, actual);
    }

    [Fact]
    public void The_container_has_all_figures_that_the_recorder_wrote()
    {
        byte[] old = [.. Bytes(100L), .. Bytes(-1L), .. Bytes(0L)];
        byte[] parts = [.. new[] { 100L, 500, 0, 300, 60, 30, 10 }.SelectMany(Bytes), .. BitConverter.GetBytes(2.5)];
        byte[] whole = [.. parts, .. Bytes(20L)];
        var expected = new ContainerMemorySummary(500, 100, 0) { PeakBytes = 300, AnonymousBytes = 60, FileBytes = 30, KernelBytes = 10, PressurePercent = 2.5 };

        Assert.Equal(new ContainerMemorySummary(null, 100, 0), Analyze(new NettraceBuilder().Event(Recorder, 3, 1, old)).Memory.Container);
        Assert.Equal(expected, Analyze(new NettraceBuilder().Event(Recorder, 3, 1, parts)).Memory.Container);
        Assert.Equal(expected with { SharedBytes = 20 }, Analyze(new NettraceBuilder().Event(Recorder, 3, 1, whole)).Memory.Container);
    }

    [Fact]
    public void The_process_is_reported_over_time()
    {
        byte[] whole = [.. new[] { 1000L, 2000, 700, 200, 100, 50, 3, 12345 }.SelectMany(Bytes), .. Bytes(17)];
        byte[] unknown = [.. new[] { 1000L, 2000, -1, -1, -1, -1, -1, -1 }.SelectMany(Bytes), .. Bytes(-1)];
        byte[] old = [.. Bytes(1000L), .. Bytes(2000L)];

        var readings = Analyze(new NettraceBuilder().Event(Recorder, 2, 1, whole).Event(Recorder, 2, 2, unknown).Event(Recorder, 2, 3, old)).Readings;

        Assert.Equal([new(1, 1000, 200, 50, 3, 17), new(2, 1000, null, null, null, null), new ProcessReading(3, 1000, null, null, null, null)], readings);
    }
}
