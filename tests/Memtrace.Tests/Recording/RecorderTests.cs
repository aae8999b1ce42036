using Memtrace.Analysis;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Sessions;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Recording;

/// <summary>Recordings of runtimes that misbehave.</summary>
public sealed class RecorderTests : IDisposable
{
    private const string Runtime = Providers.Runtime;

    /// <summary>The documented limit for the end of a recording, and what a busy machine adds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"recorder-{Guid.NewGuid():N}.nettrace");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_session_that_sends_nothing_does_not_outlive_its_duration()
    {
        using var runtime = new FakeRuntime(new FakeSession([], null));

        var error = await Assert.ThrowsAsync<TargetException>(() => RecordAsync(runtime, options => options with { Duration = TimeSpan.FromSeconds(1) }));

        Assert.StartsWith("Nothing was recorded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_falls_silent_ends_in_time_and_is_not_complete()
    {
        using var runtime = new FakeRuntime(new FakeSession(new NettraceBuilder().Event(Runtime, 303, 1, Sampled(40)).Build(terminated: false), null));

        var result = await RecordAsync(runtime, options => options with { Duration = TimeSpan.FromSeconds(1) });

        Assert.Equal((EndReason.Duration, true), (result.End.Reason, result.End.IsTruncated));
        var recording = Analyze().Recording;
        Assert.Equal((false, EndReason.Duration), (recording.Complete, recording.EndReason));
    }

    /// <summary>On a large heap, the snapshot takes longer than a short recording.</summary>
    [Fact]
    public async Task The_duration_counts_from_the_end_of_the_snapshot_at_the_start()
    {
        var collection = new NettraceBuilder().Event(Runtime, CollectionStart.Id, 1, [.. Bytes(1), .. Bytes(2), .. Bytes(1), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(0L)]).Build(terminated: false);
        using var runtime = new FakeRuntime(new FakeSession(collection, new NettraceBuilder().Build()[^1..]));
        TimeSpan? taken = null;

        var result = await RecordAsync(runtime, options => options with { Duration = TimeSpan.FromSeconds(1), SnapshotAtStart = TakeAsync });

        Assert.Equal((EndReason.Duration, true), (result.End.Reason, taken is not null));
        Assert.True(result.Duration >= taken + TimeSpan.FromSeconds(1), $"{result.Duration}, {taken}");

        async Task<bool> TakeAsync(Interruption interruption)
        {
            var start = TimeProvider.System.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(2), interruption.Token);
            taken = TimeProvider.System.GetElapsedTime(start);
            return true;
        }
    }

    [Fact]
    public async Task A_snapshot_at_the_start_that_gets_no_answer_is_given_up_when_the_duration_is_over()
    {
        using var runtime = new FakeRuntime(new FakeSession(new NettraceBuilder().Event(Runtime, 303, 1, Sampled(40)).Build(terminated: false), null));
        var cancelled = false;

        var result = await RecordAsync(runtime, options => options with { Duration = TimeSpan.FromSeconds(1), SnapshotAtStart = TakeAsync });

        Assert.Equal((EndReason.Duration, true), (result.End.Reason, cancelled));

        async Task<bool> TakeAsync(Interruption interruption)
        {
            cancelled = await IsInterruptedAsync(interruption);
            return false;
        }
    }

    [Fact]
    public async Task A_snapshot_at_the_start_learns_that_the_disk_is_full()
    {
        using var runtime = new FakeRuntime(new FakeSession(new NettraceBuilder().Event(Runtime, 303, 1, Sampled(40)).Build(terminated: false), null));
        string? reason = null;
        var isReported = false;

        await using var target = await Target.ConnectAsync(runtime.Port, Patience, Token);
        var options = new RecordingOptions(_file) { Sampling = SamplingChoice.Randomized, Breakdown = false, SnapshotAtStart = TakeAsync, CollectAtEnd = true };
        var result = await new Recorder(target, options, _ => new FullDisk()).RunAsync(Token).WaitAsync(Patience, Token);

        Assert.Equal(EndReason.DiskFull, result.End.Reason);
        Assert.Equal("the file of the recording cannot grow any further", reason);
        Assert.True(isReported);
        Assert.Empty(result.Missed);

        async Task<bool> TakeAsync(Interruption interruption)
        {
            await IsInterruptedAsync(interruption);
            (reason, isReported) = (interruption.Reason, interruption.IsReported);
            return false;
        }
    }

    [Fact]
    public async Task A_damaged_stream_ends_the_recording_properly()
    {
        byte[] stream = [.. new NettraceBuilder().Event(Runtime, 303, 1, Sampled(40)).Build(terminated: false), .. new byte[64]];
        using var runtime = new FakeRuntime(new FakeSession(stream, []));

        var result = await RecordAsync(runtime, options => options);

        Assert.Equal(EndReason.StreamDamaged, result.End.Reason);
        Assert.Equal((EndReason.StreamDamaged, 1L), (Analyze().Recording.EndReason, Analyze().Allocations.Total.Samples));
    }

    /// <summary>Its stream is skipped up to the last event of the session that it replaces.</summary>
    [Fact]
    public async Task A_session_that_takes_over_counts_no_event_twice()
    {
        var successor = new NettraceBuilder().Event(Runtime, 303, 1, Sampled(40)).Event(Runtime, 303, 9, Sampled(40)).Build();
        using var runtime = new FakeRuntime(new FakeSession(LongWalk(), new NettraceBuilder().Build()[^1..]), new FakeSession(successor, []));

        var result = await RecordAsync(runtime, TooCostly);

        Assert.Equal(EndReason.StreamEnded, result.End.Reason);
        Assert.StartsWith("a heap walk paused the process for 2000 ms", result.SurvivalStopped, StringComparison.Ordinal);
        Assert.Equal((2L, 0L), (Analyze().Allocations.Total.Samples, result.LostEvents));
    }

    [Fact]
    public async Task A_damaged_session_that_takes_over_ends_the_recording_properly()
    {
        byte[] successor = [.. new NettraceBuilder().Event(Runtime, 303, 9, Sampled(40)).Build(terminated: false), .. new byte[64]];
        using var runtime = new FakeRuntime(new FakeSession(LongWalk(), new NettraceBuilder().Build()[^1..]), new FakeSession(successor, []));

        var result = await RecordAsync(runtime, TooCostly);

        Assert.Equal(EndReason.StreamDamaged, result.End.Reason);
        Assert.Equal(EndReason.StreamDamaged, Analyze().Recording.EndReason);
    }

    [Fact]
    public async Task A_session_that_takes_over_and_ends_at_once_leaves_the_totals()
    {
        using var runtime = new FakeRuntime(new FakeSession(LongWalk(), new NettraceBuilder().Build()[^1..]), new FakeSession([], []) { EndsAtOnce = true });

        var (recorder, run) = await StartAsync(runtime, TooCostly);
        var result = await run;

        Assert.Equal(EndReason.StreamEnded, result.End.Reason);
        Assert.Equal(Analyze().Allocations.Total.Bytes, recorder.Progress!.Allocated, 1.0);
    }

    private static Task<bool> IsInterruptedAsync(Interruption interruption) =>
        Task.Delay(Patience, interruption.Token).ContinueWith(delay => delay.IsCanceled, TaskScheduler.Default);

    private static RecordingOptions TooCostly(RecordingOptions options) => options with { Live = true, MaxPause = TimeSpan.FromMilliseconds(500) };

    /// <summary>An allocation, and a heap walk of 2 s within a background collection.</summary>
    private static byte[] LongWalk() => new NettraceBuilder()
        .Event(Runtime, 303, 1, Sampled(40))
        .Event(Runtime, SuspensionBegin.Id, 2, [.. Bytes(6), .. Bytes(1), .. Bytes((ushort)0)])
        .Event(Runtime, SurvivingRanges.Id, 3, [.. Bytes(0), .. Bytes(1), .. Bytes((ushort)0), .. Bytes(0x1000L), .. Bytes(0x100L)])
        .Event(Runtime, Restart.EndId, 4, Bytes((ushort)0))
        .Build(terminated: false);

    private static byte[] Sampled(long size) => [.. Bytes(0), .. Bytes((ushort)0), .. Bytes(1L), .. Text("T"), .. Bytes(2L), .. Bytes(size), .. Bytes(3L)];

    private MemoryProfile Analyze() => RecordingAnalysis.Analyze(_file, new AnalysisOptions(), Token);

    private async Task<RecordingResult> RecordAsync(FakeRuntime runtime, Func<RecordingOptions, RecordingOptions> change)
    {
        var (_, run) = await StartAsync(runtime, change);
        return await run;
    }

    private async Task<(Recorder Recorder, Task<RecordingResult> Run)> StartAsync(FakeRuntime runtime, Func<RecordingOptions, RecordingOptions> change)
    {
        var target = await Target.ConnectAsync(runtime.Port, Patience, Token);
        var recorder = new Recorder(target, change(new RecordingOptions(_file) { Sampling = SamplingChoice.Randomized, Breakdown = false, Duration = TimeSpan.FromSeconds(10) }));
        return (recorder, RunAsync(target, recorder));
    }

    private static async Task<RecordingResult> RunAsync(Target target, Recorder recorder)
    {
        await using (target)
            return await recorder.RunAsync(Token).WaitAsync(Patience, Token);
    }

    private sealed class FullDisk : IBlockSink
    {
        public long Length => 0;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload) => throw new IOException("No space left on device");

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
