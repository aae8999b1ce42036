using Memtrace.Events;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>A recording from its first event to its end: merges the streams into the file, watches for what ends the recording, and finishes the file.</summary>
internal sealed class ActiveRecording : IAsyncDisposable
{
    /// <summary>The longest interval between two beats, which check queues, limits and end conditions.</summary>
    private static readonly TimeSpan MaxBeat = TimeSpan.FromMilliseconds(200);

    /// <summary>A data stream without blocks for this long is idle: queued events are then written without waiting for it.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    /// <summary>Part of the 5 s within which a recording stops.</summary>
    private static readonly TimeSpan StreamEndLimit = TimeSpan.FromSeconds(2);

    /// <summary>A target that has not started a collection after this time does not answer.</summary>
    private static readonly TimeSpan CollectionStartLimit = TimeSpan.FromSeconds(1);

    /// <summary>The same for a heap snapshot, which opens a session first.</summary>
    private static readonly TimeSpan SnapshotStartLimit = TimeSpan.FromSeconds(5);

    private const string NoAnswer = "the process did not answer in time";

    private readonly Target _target;
    private readonly RecordingOptions _options;
    private readonly DataStream _data;
    private readonly DiagnosticSession _symbols;
    private readonly RecordingMerger _merger;
    private readonly EventClock _clock;
    private readonly MemorySampler _sampler;
    private readonly BreakdownSampler _breakdowns;
    private readonly RundownRecorder _rundowns;
    private readonly FileSync _sync;
    private readonly DurationLimit _duration;
    private readonly Interruption _ending = new();
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _symbolsGivenUp = new();
    private readonly TaskCompletionSource<EndReason> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt;
    private readonly List<string> _missed = [];
    private bool _isTakingSnapshot;
    private RecordingProgress _progress;

    /// <summary>Prepares the recording of opened sessions.</summary>
    public ActiveRecording(
        Target target, RecordingOptions options, DataStream data, DiagnosticSession symbols, RecordingMerger merger, EventClock clock)
    {
        (_target, _options, _data, _symbols, _merger, _clock) = (target, options, data, symbols, merger, clock);
        _startedAt = clock.Time.GetTimestamp();
        _duration = new DurationLimit(options.Duration, clock.Time);
        _sampler = new MemorySampler(target.ProcessId, merger, clock);
        _breakdowns = new BreakdownSampler(target.ProcessId, merger, clock, _sampler);
        _rundowns = new RundownRecorder(target, options, merger, clock.Time);
        _sync = new FileSync(merger, clock.Time);
        _progress = Measure();
    }

    /// <summary>Progress of the recording, updated about five times a second.</summary>
    public RecordingProgress Progress => Volatile.Read(ref _progress);

    /// <summary>Time since the start of the session.</summary>
    public TimeSpan Time => _clock.SinceStart(_clock.Now);

    /// <summary>Takes a memory map snapshot, if the snapshot budget allows it.</summary>
    public Task TakeMapSnapshotAsync() => _breakdowns.RequestAsync();

    /// <summary>Records until something ends the recording, and finishes the file.</summary>
    /// <param name="process">The payload of the event <c>Process</c>.</param>
    /// <param name="rundown">The existing methods, if they were listed before, or null.</param>
    /// <param name="stop">Completes when the user stops the recording.</param>
    public async Task<RecordingResult> RunAsync(byte[] process, Rundown? rundown, Task stop)
    {
        Start(process);
        var data = _data.PumpAsync(_merger, _clock);
        var symbols = PumpSymbolsAsync();
        var firstRundown = _rundowns.RecordFirstAsync(rundown, _over.Token);
        var beats = BeatAsync(data, stop);
        try
        {
            var reason = await WaitForEndAsync(beats);
            await SettleAsync(reason, data);
            await _over.CancelAsync();
            await beats;
            if (_options.Breakdown)
                await EndBreakdownsAsync();
            await EndStreamsAsync(data, symbols, firstRundown);
            return await FinishAsync(reason);
        }
        catch
        {
            // Nothing may use the sessions and the file after they are closed.
            await _over.CancelAsync();
            await EndStreamsAsync(data, symbols, firstRundown);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sync.DisposeAsync();
        _sampler.Dispose();
        _ending.Dispose();
        _over.Dispose();
        _symbolsGivenUp.Dispose();
    }

    private void Start(byte[] process)
    {
        // Written at once, so that the file identifies its recorder and process even if the recorder is killed soon.
        _merger.Queue(RecorderEvent.Process, _clock.Start, process);
        _merger.WriteUpTo(_clock.Start);

        // Sampled first, because the target may exit at any moment.
        _sampler.Sample();
        if (_options.Breakdown)
            _breakdowns.Begin();
    }

    private async Task<EndReason> WaitForEndAsync(Task beats)
    {
        // A target that does not answer, or not in time, is recorded without snapshot and collection.
        if (!await TakeSnapshotAsync(_options.SnapshotAtStart, _ending) && _options.CollectAtStart)
            await CollectAsync("at the start", _ending);
        _duration.Begin();

        // Beats continue to the end of the recording, unless one fails.
        await await Task.WhenAny(_end.Task, beats);
        return await _end.Task;
    }

    // Memory that the target needs for the snapshot is not its own, so it is not sampled meanwhile.
    private async Task<bool> TakeSnapshotAsync(Func<Interruption, Task<bool>>? take, Interruption interruption)
    {
        if (take is null)
            return false;
        Volatile.Write(ref _isTakingSnapshot, true);
        try
        {
            return await take(interruption);
        }
        finally
        {
            Volatile.Write(ref _isTakingSnapshot, false);
        }
    }

    /// <summary>What the options ask of the process before the recording ends. On a full disk, it would be paused for nothing.</summary>
    private async Task SettleAsync(EndReason reason, Task data)
    {
        if (_options is { SnapshotAtEnd: null, CollectAtEnd: false })
            return;
        if (reason == EndReason.DiskFull)
            return;
        if (data.IsCompleted)
            Miss(_options.SnapshotAtEnd is null ? "full collection" : "heap snapshot", "at the end", WhyEnding(reason == EndReason.StreamDamaged ? reason : EndReason.StreamEnded));
        else if (!await TakeSnapshotAtEndAsync(data) && _options.CollectAtEnd && !data.IsCompleted)
            await CollectAtEndAsync();
    }

    private async Task<bool> TakeSnapshotAtEndAsync(Task data)
    {
        using var giveUp = new Interruption();
        var before = _data.CollectionsStarted;
        var snapshot = TakeSnapshotAsync(_options.SnapshotAtEnd, giveUp);
        var first = await Task.WhenAny(snapshot, data, Task.Delay(SnapshotStartLimit, _clock.Time));
        if (first != snapshot && first != data && _data.CollectionsStarted == before)
            await giveUp.CancelAsync(NoAnswer);
        if (await Task.WhenAny(snapshot, data) != snapshot)
            await giveUp.CancelAsync(WhyEnding(EndReason.StreamEnded));
        return await snapshot;
    }

    private async Task CollectAtEndAsync()
    {
        using var giveUp = new Interruption();
        var before = _data.CollectionsStarted;
        var collection = CollectAsync("at the end", giveUp);
        if (await Task.WhenAny(collection, Task.Delay(CollectionStartLimit, _clock.Time)) != collection && _data.CollectionsStarted == before)
            await giveUp.CancelAsync(NoAnswer);
        await collection;
    }

    private async Task CollectAsync(string moment, Interruption interruption)
    {
        if (!await InducedCollection.RunAsync(_target, _clock.Time, interruption.Token) && !interruption.IsReported)
            Miss("full collection", moment, interruption.Reason ?? NoAnswer);
    }

    private void Miss(string action, string moment, string reason) => _missed.Add($"No {action} {moment}: {reason}.");

    private static string WhyEnding(EndReason reason) => reason switch
    {
        EndReason.DiskFull => "the file of the recording cannot grow any further",
        EndReason.SizeLimit => "the file of the recording reached its maximum size",
        EndReason.Stopped => "the recording was stopped",
        EndReason.Duration => "the recording's time was over",
        EndReason.StreamDamaged => "the process's event stream is damaged",
        _ => "the process exited or closed its event stream",
    };

    // The last sample comes after the last snapshot, so that both show the same moment. After a heap snapshot, there would be memory in it that is not the target's own.
    private async Task EndBreakdownsAsync()
    {
        await _breakdowns.EndAsync();
        if (_options.SnapshotAtEnd is null)
            _sampler.Sample();
    }

    private async Task PumpSymbolsAsync()
    {
        var reader = new SymbolReader(_symbols, SymbolReader.RunningOffset);
        try
        {
            await reader.ReadToEndAsync(block => _merger.Declare(block), e => _merger.Queue(e), _symbolsGivenUp.Token);
        }
        catch (OperationCanceledException)
        {
            // What the session has not sent by now is in the last rundown.
        }
    }

    // One timer for all periodic work: waking up is what costs a recorder CPU time, most of all beside a busy target.
    private async Task BeatAsync(Task data, Task stop)
    {
        var beatsPerSample = (long)Math.Ceiling(_options.Interval / MaxBeat);
        using var timer = new PeriodicTimer(_options.Interval / beatsPerSample, _clock.Time);
        try
        {
            for (long beat = 1; await timer.WaitForNextTickAsync(_over.Token); beat++)
            {
                if (!Volatile.Read(ref _isTakingSnapshot))
                    Sample(beat, beatsPerSample);
                if (_data.Idle > IdleAfter)
                    _merger.WriteUpTo(_clock.Now - _clock.Ticks(IdleAfter));
                Volatile.Write(ref _progress, Measure());
                _sync.SyncWhenDue();
                await EndWhenDueAsync(data, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The recording has ended.
        }
    }

    private void Sample(long beat, long beatsPerSample)
    {
        if (beat % beatsPerSample == 0)
            _sampler.Sample();
        if (_options.Breakdown)
            _breakdowns.SnapshotWhenDue();
    }

    private async Task EndWhenDueAsync(Task data, Task stop)
    {
        if (FindEnd(data, stop) is not { } reason || !_end.TrySetResult(reason))
            return;
        await _ending.CancelAsync(WhyEnding(reason), isReported: reason == EndReason.DiskFull);
    }

    private EndReason? FindEnd(Task data, Task stop)
    {
        if (_merger.Failure is not null)
            return EndReason.DiskFull;

        // Checked before the stream, because Ctrl+C reaches a launched target as well.
        if (stop.IsCompleted)
            return EndReason.Stopped;
        if (data.IsCompleted)
            return _data.Damage is null ? EndReason.StreamEnded : EndReason.StreamDamaged;
        if (_duration.IsReached(_data.CollectionsStarted))
            return EndReason.Duration;
        return _merger.Room <= _rundowns.Reserve(_options.MaxSize) ? EndReason.SizeLimit : null;
    }

    private TimeSpan Elapsed => _clock.Time.GetElapsedTime(_startedAt);

    private async Task EndStreamsAsync(Task data, Task symbols, Task firstRundown)
    {
        _symbolsGivenUp.CancelAfter(StreamEndLimit);
        await Task.WhenAll(_data.StopAsync(data, StreamEndLimit), _symbols.StopAsync(_symbolsGivenUp.Token));
        await Task.WhenAll(symbols, firstRundown);
    }

    private async Task<RecordingResult> FinishAsync(EndReason reason)
    {
        var end = await new EndDiagnosis(_target, _data, _merger, _sampler, _clock.Time).DescribeAsync(reason);
        var now = _clock.Now;
        if (_merger.Failure is null)
        {
            _merger.WriteUpTo(long.MaxValue);
            await _rundowns.RecordLastAsync(end.Reason, now);
            _merger.End(now, end.ToEvent().Write());
            _merger.Sync();
        }

        Volatile.Write(ref _progress, Measure());
        return new RecordingResult(_options.File, _merger.Length, end, _data.LostEvents, _data.SurvivalStopped) { Duration = _clock.SinceStart(now), Missed = [.. _missed] };
    }

    private RecordingProgress Measure() => new(
        Elapsed,
        _sampler.Rss,
        _sampler.PeakRss,
        _data.GcHeap,
        _data.Allocated,
        _data.LostEvents,
        _merger.Length,
        _data.SurvivalStopped is not null);
}
