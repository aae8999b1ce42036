using System.Runtime.CompilerServices;

namespace Memtrace.Tests.Api;

[Collection(nameof(OwnProcessTestGroup))]
[Slow]
public sealed class MemoryMeasurementTests
{
    private const int MiB = 1 << 20;

    private static readonly MeasurementOptions Totals = new() { Detail = MeasurementDetail.Totals };
    private static readonly MeasurementOptions Allocations = new() { Detail = MeasurementDetail.Allocations };

    /// <summary>What xunit and the runtime's own threads may allocate meanwhile.</summary>
    private const long Others = 200_000;

    private static byte[]? _kept;

    [Theory]
    [InlineData(MeasurementDetail.Totals)]
    [InlineData(MeasurementDetail.Allocations)]
    [InlineData(MeasurementDetail.Survival)]
    public void Allocated_bytes_are_those_of_the_program_alone(MeasurementDetail detail)
    {
        var nothing = MemoryMeasurement.Run(() => Thread.Sleep(1000), new MeasurementOptions { Detail = detail }).Memory;
        var some = MemoryMeasurement.Run(() => Allocate(20), new MeasurementOptions { Detail = detail }).Memory;

        Assert.InRange(nothing.AllocatedBytes, 0, Others);
        Assert.InRange(some.AllocatedBytes, 20 * MiB, (20 * MiB) + Others);
    }

    [Theory]
    [InlineData(MeasurementDetail.Allocations)]
    [InlineData(MeasurementDetail.Survival)]
    public void Samples_of_the_measurement_itself_do_not_count(MeasurementDetail detail)
    {
        using var folder = new ScratchFolder();
        var memory = MemoryMeasurement.Run(() => Thread.Sleep(200), new MeasurementOptions { Detail = detail, File = folder.Recording }).Memory;
        var whole = MemoryRecording.Open(folder.Recording).Analyze(cancellation: TestContext.Current.CancellationToken);

        // It allocates 1.5 MB and more to start and to end, of which 15 samples are expected; what runs beside it, some kilobytes.
        Assert.True(whole.Recording.AllocationSamples > memory.Profile!.Recording.AllocationSamples);
        Assert.InRange(memory.Profile.Recording.AllocationSamples, 0, 2);
    }

    [Fact]
    public void Peaks_that_are_over_at_the_end_are_seen()
    {
        // What other tests of this process have left behind would be freed meanwhile.
        GC.Collect();
        var memory = MemoryMeasurement.Run(
            () =>
            {
                Hold(64);
                GC.Collect();
            },
            Totals).Memory;

        Assert.True(memory.GcHeap.PeakBytes >= memory.GcHeap.StartBytes + (60 * MiB), memory.GcHeap.ToString());
        Assert.True(memory.GcHeap.EndBytes < memory.GcHeap.PeakBytes - (30 * MiB), memory.GcHeap.ToString());
        // Other tests of this process may give back more than this one takes.
        Assert.True(memory.Rss!.PeakBytes >= Math.Max(memory.Rss.StartBytes, memory.Rss.EndBytes), memory.Rss.ToString());
        Assert.Equal(OperatingSystem.IsLinux(), memory.IsRssPeakExact);
    }

    [Fact]
    public void Collections_and_pauses_are_those_of_the_program()
    {
        var memory = MemoryMeasurement.Run(
            () =>
            {
                GC.Collect();
                GC.Collect(0);
            }).Memory;

        Assert.Equal(1, memory.Collections.Gen2);
        Assert.True(memory.Collections.Total >= 2);
        Assert.True(memory.Collections.TotalPause > TimeSpan.Zero);
    }

    [Fact]
    public void Types_call_sites_and_survivors_are_known_with_errors()
    {
        var memory = MemoryMeasurement.Run(() => Keep(40)).Memory;

        Assert.InRange(memory.Allocations!.Total.Bytes, 40 * MiB - memory.Allocations.Total.ErrorBytes, 42 * MiB + memory.Allocations.Total.ErrorBytes);
        var site = memory.Allocations.Sites[0];
        Assert.Equal("System.Byte[]", site.Type);
        Assert.EndsWith(nameof(Keep), site.Site!.Method);
        Assert.StartsWith("MemoryMeasurementTests.cs:", site.Site.Location);
        var survivor = memory.Survivors!.Sites[0];
        Assert.EndsWith(nameof(Keep), survivor.Site!.Method);
        Assert.InRange(survivor.Survival.Live.Bytes, 39 * MiB, 41 * MiB);
        _kept = null;
    }

    [Fact]
    public async Task Work_that_throws_is_measured()
    {
        var run = await MemoryMeasurement.RunAsync(
            async () =>
            {
                Allocate(5);
                await Task.Yield();
                throw new InvalidOperationException("broken");
            },
            Allocations);

        Assert.InRange(run.Memory.AllocatedBytes, 5 * MiB, 6 * MiB);
        Assert.Equal("broken", run.Exception!.Message);
        Assert.Throws<InvalidOperationException>(run.ThrowIfFailed);
    }

    [Fact]
    public async Task Tasks_are_awaited_or_refused()
    {
        Task? none = null;

        Assert.Throws<ArgumentException>("work", () => MemoryMeasurement.Run(() => Task.Delay(1), Totals));
        Assert.Throws<ArgumentException>("work", () => MemoryMeasurement.Run(async () => await Task.Yield(), Totals));
        Assert.Throws<ArgumentException>("work", () => MemoryMeasurement.Run(() => new ValueTask<int>(1), Totals));
        Assert.Equal("The work returned null instead of a task.", (await MemoryMeasurement.RunAsync(() => none!, Totals)).Exception?.Message);
    }

    [Fact]
    public async Task Results_of_work_are_passed_on()
    {
        Assert.Equal(7, MemoryMeasurement.Run(() => 7, Totals).Value);
        Assert.Equal(8, (await MemoryMeasurement.RunAsync(() => Task.FromResult(8), Totals)).Value);
    }

    [Fact]
    public void Nested_measurements_each_see_what_happens_meanwhile()
    {
        using var outer = MemoryMeasurement.Start(Totals);
        Allocate(3);
        var inner = MemoryMeasurement.Run(() => Allocate(4), Totals).Memory;
        Allocate(5);
        var all = outer.Stop();

        Assert.InRange(inner.AllocatedBytes, 4 * MiB, (4 * MiB) + Others);
        Assert.InRange(all.AllocatedBytes, 12 * MiB, (12 * MiB) + (2 * Others));
        Assert.False(inner.IsRssPeakExact);
    }

    [Fact]
    public async Task Parallel_recordings_do_not_disturb_each_other()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => MemoryMeasurement.Run(() => Allocate(30), Allocations))));

        Assert.All(runs, run => Assert.True(run.Memory.Allocations!.Total.Bytes > 20 * MiB));
    }

    [Fact]
    public void A_measurement_is_stopped_once()
    {
        using var measurement = MemoryMeasurement.Start(Totals);
        var memory = measurement.Stop();

        Assert.Same(memory, measurement.Stop());
    }

    [Fact]
    public void The_recording_is_kept_on_request()
    {
        using var folder = new ScratchFolder();
        var memory = MemoryMeasurement.Run(() => Allocate(1), Allocations with { File = folder.Recording }).Memory;

        Assert.Equal(folder.Recording, memory.File);
        Assert.Equal(Environment.ProcessId, MemoryRecording.Open(memory.File!).Analyze(cancellation: TestContext.Current.CancellationToken).Process.Id);
    }

    [Fact]
    public void The_current_memory_needs_no_measurement()
    {
        var before = MemoryMeasurement.Current;
        Allocate(1);
        var after = MemoryMeasurement.Current;

        Assert.True(after.AllocatedBytes >= before.AllocatedBytes + MiB);
        Assert.True(after.RssBytes > 10 * MiB);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Allocate(int count)
    {
        for (var i = 0; i < count; i++)
            GC.KeepAlive(new byte[MiB]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(int count) => _kept = new byte[count * MiB];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(int count)
    {
        var held = new byte[count * MiB];
        Array.Fill(held, (byte)1);
        Thread.Sleep(500);
        GC.KeepAlive(held);
    }
}
