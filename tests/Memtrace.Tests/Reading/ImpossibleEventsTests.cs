using Memtrace.Analysis;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.TestSupport.Recordings;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Reading;

/// <summary>Figures and times that no program can have are dropped and counted, and never reach a profile.</summary>
public sealed class ImpossibleEventsTests
{
    private const string Runtime = Providers.Runtime, Recorder = Providers.Recorder;

    /// <summary>Provider, event id, and a payload with one impossible figure.</summary>
    public static TheoryData<string, int, byte[]> Events => new()
    {
        { Runtime, AllocationEvent.SampledId, Sampled(long.MaxValue) },
        { Runtime, AllocationEvent.SampledId, Sampled(0) },
        { Runtime, AllocationEvent.SampledId, Sampled(-1) },
        { Runtime, AllocationEvent.TickId, Tick(long.MaxValue, 64) },
        { Runtime, AllocationEvent.TickId, Tick(-100_000, 64) },
        { Runtime, AllocationEvent.TickId, Tick(100_000, long.MinValue) },
        { Runtime, CollectionStart.Id, [.. Bytes(1), .. Bytes(7), .. Bytes(0), .. Bytes(0)] },
        { Runtime, CollectionStart.Id, [.. Bytes(-1), .. Bytes(0), .. Bytes(0), .. Bytes(0)] },
        { Runtime, CollectionEnd.Id, [.. Bytes(1), .. Bytes(-2)] },
        { Runtime, HeapStatistics.Id, [.. Bytes(-5L), .. new byte[120]] },
        { Runtime, HeapStatistics.Id, [.. Bytes(0L), .. Bytes(long.MaxValue), .. new byte[112]] },
        { Runtime, CommittedUsage.Id, [.. Text("CommittedUsage"), .. new byte[6], .. Bytes(long.MaxValue), .. new byte[40]] },
        { Runtime, CollectorHistory.Id, [.. Bytes(0L), .. Bytes(-3), .. new byte[26]] },
        { Runtime, CollectorHistory.Id, [.. Bytes(0L), .. Bytes(1), .. new byte[22], .. Bytes(4_000_000)] },
        { Runtime, GenerationRange.Id, [2, .. Bytes(0x1000L), .. Bytes(-1L), .. Bytes(0L)] },
        { Providers.Rundown, CollectorSettings.Id, [.. Bytes(-1L), .. new byte[60]] },
        { Recorder, (int)RecorderEvent.ProcessMemory, [.. Bytes(long.MaxValue), .. Bytes(long.MaxValue)] },
        { Recorder, (int)RecorderEvent.ContainerMemory, [.. Bytes(long.MaxValue), .. Bytes(1L), .. Bytes(0L)] },
        { Recorder, (int)RecorderEvent.MachineMemory, [.. Bytes(long.MaxValue), .. Bytes(1L)] },
        { Recorder, (int)RecorderEvent.MachineMemory, [.. Bytes(1L), .. Bytes(1L), .. Bytes(BitConverter.DoubleToInt64Bits(1e300))] },
        { Recorder, (int)RecorderEvent.SurvivalStopped, [.. Bytes(BitConverter.DoubleToInt64Bits(double.NaN)), .. Text("why")] },
        { Recorder, (int)RecorderEvent.Breakdown, [.. Text("peak"), .. Bytes(long.MaxValue), .. new byte[200]] },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_with_an_impossible_figure_is_dropped_and_counted(string provider, int id, byte[] payload)
    {
        var profile = Analyze(new NettraceBuilder().Event(provider, id, 1, payload, version: 3).Event(Runtime, HeapStatistics.Id, 2, new byte[128]));

        Assert.Equal(1, profile.Recording.ImpossibleEvents);
        Assert.Equal(0, profile.Allocations.Total.Bytes);
        Assert.Empty(profile.Breakdown);
        Assert.Null(profile.Memory.Rss);
        Assert.Equal(0, Assert.Single(profile.Heap).Size.Total);
    }

    [Fact]
    public void An_impossible_time_is_dropped_and_counted()
    {
        var profile = Analyze(new NettraceBuilder().Event(Runtime, 303, 1, Sampled(48)).Event(Runtime, 303, 5e9, Sampled(48)));

        Assert.Equal((1, 1), (profile.Recording.ImpossibleEvents, profile.Allocations.Total.Samples));
        Assert.Equal(1, profile.Recording.DurationSeconds, precision: 6);
    }

    [Fact]
    public void Times_that_go_back_make_no_negative_pause()
    {
        var profile = Analyze(new NettraceBuilder()
            .Event(Runtime, SuspensionBegin.Id, 100, [.. Bytes(1), .. Bytes(1), .. Bytes((ushort)0)])
            .Event(Runtime, CollectionStart.Id, 90, [.. Bytes(1), .. Bytes(0), .. Bytes(0), .. Bytes(0)])
            .Event(Runtime, CollectionEnd.Id, 50, [.. Bytes(1), .. Bytes(0)])
            .Event(Runtime, Restart.EndId, 10, [0, 0]));

        Assert.Equal(3, profile.Recording.ImpossibleEvents);
        var collection = Assert.Single(profile.Collections.Items);
        Assert.Equal(100, collection.StartSeconds, precision: 6);
        Assert.Equal((0, 0, 0), (collection.DurationMs, collection.PauseMs, profile.Collections.PauseTotalMs));
    }

    [Fact]
    public void Stacks_that_do_not_fit_are_counted()
    {
        var builder = new NettraceBuilder();
        builder.Stacks(8, [.. Enumerable.Range(0, StackCache.MaxStacks + 3).Select(_ => new ulong[] { 1 })]);

        Assert.Equal(3, Analyze(builder.Event(Runtime, 303, 1, Sampled(48))).Recording.DroppedStacks);
    }

    [Fact]
    public void An_exception_of_a_visitor_is_not_mistaken_for_damage()
    {
        var bytes = new NettraceBuilder().Event(Runtime, 303, 1, Sampled(48)).Build();

        Assert.Throws<InvalidOperationException>(() => new RecordingReader(new Failing()).Read(new MemoryStream(bytes), TestContext.Current.CancellationToken));
    }

    private static MemoryProfile Analyze(NettraceBuilder builder) => RecordingAnalysis.Analyze(() => new MemoryStream(builder.Build()), "x", new AnalysisOptions());

    private static byte[] Sampled(long size) => [.. Bytes(0), .. Bytes((ushort)0), .. Bytes(0x10L), .. Text("T"), .. Bytes(0x20L), .. Bytes(size), .. Bytes(3L)];

    private static byte[] Tick(long amount, long size) =>
        [.. Bytes(0), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(amount), .. Bytes(1L), .. Text("T"), .. Bytes(0), .. Bytes(0x99L), .. Bytes(size)];

    private sealed class Failing : RecordingVisitor
    {
        public override void Visit(in AllocationEvent allocation) => throw new InvalidOperationException("a bug");
    }
}
