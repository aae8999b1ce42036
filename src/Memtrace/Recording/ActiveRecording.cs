using Memtrace.Events;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>
/// A recording from its first event to its end: lets the streams flow into the file, watches for what ends it, finishes the file.
/// </summary>
internal sealed class ActiveRecording : IDisposable
{
    /// <summary>How often the recording looks after itself, at least: what is queued, the file's size, the figures, what would end it.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    /// <summary>A data stream that brought nothing for so long is idle: what is queued is written without it.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    // A stop takes at most 5 s, whatever the target does: the streams' end, the last rundown, the wait for an exit code.
    private static readonly TimeSpan StreamEndLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RundownLimit = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(2);

    /// <summary>The first rundown may take its time: it runs beside the recording.</summary>
    private static readonly TimeSpan FirstRundownLimit = TimeSpan.FromSeconds(30);

    /// <summary>A program that was just launched gets this long to load its code before that is listed for the first time.</summary>
    private static readonly TimeSpan LaunchGrace = TimeSpan.FromSeconds(1);

    private const int SigKill = 9;

    private readonly Target _target;
    private readonly RecordingOptions _options;
    private readonly DataStream _data;
    private readonly DiagnosticSession _symbols;
    private readonly RecordingMerger _merger;
    private readonly EventClock _clock;
    private readonly MemorySampler _sampler;
    private readonly BreakdownSampler _breakdowns;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _symbolsGivenUp = new();
    private readonly TaskCompletionSource<EndReason> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt = Environment.TickCount64;
    private Task _syncing = Task.CompletedTask;
    private long _syncedAt;
    private RecordingProgress _progress;
    private Rundown? _rundown;

    public ActiveRecording(
        Target target, RecordingOptions options, DataStream data, DiagnosticSession symbols, RecordingMerger merger, EventClock clock)
    {
        (_target, _options, _data, _symbols, _merger, _clock) = (target, options, data, symbols, merger, clock);
        _sampler = new MemorySampler(target.ProcessId, merger, clock);
        _breakdowns = new BreakdownSampler(target.ProcessId, merger, clock, _sampler);
        _progress = Measure();
    }

    /// <summary>How far the recording is; refreshed about five times a second.</summary>
    public RecordingProgress Progress => Volatile.Read(ref _progress);

    /// <summary>Looks where the target's memory is, unless that would be more often than it may cost.</summary>
    public Task TakeMapSnapshotAsync() => _breakdowns.AskAsync();

    /// <summary>Records until something ends it, and finishes the file.</summary>
    /// <param name="process">The payload of the event <c>Process</c>.</param>
    /// <param name="rundown">The methods that are there already, if they were listed before, or null.</param>
    /// <param name="stop">Completes when the user stops the recording.</param>
    public async Task<RecordingResult> RunAsync(byte[] process, Rundown? rundown, Task stop)
    {
        // At once, so that a file whose recorder is killed soon is known for what it is.
        _merger.Queue(RecorderEvent.Process, _clock.Start, process);
        _merger.WriteUpTo(_clock.Start);

        // The first sample before anything else: the target may be gone at any moment.
        _sampler.Sample();
        if (_options.Breakdown)
            _breakdowns.Begin();
        var data = _data.PumpAsync(_merger, _clock);
        var symbols = PumpSymbolsAsync();
        var firstRundown = ListFirstMethodsAsync(rundown);
        var beats = BeatAsync(data, stop);

        // A target that cannot be asked, or not in time, goes uncollected: the recording matters more.
        if (_options.CollectAtStart)
            await InducedCollection.RunAsync(_target);

        // The beats go on to the end, unless something goes wrong in them.
        await await Task.WhenAny(_end.Task, beats);
        var reason = await _end.Task;
        if (_options.CollectAtEnd && !data.IsCompleted)
            await InducedCollection.RunAsync(_target);
        await _over.CancelAsync();
        await Task.WhenAll(beats, _syncing);
        if (_options.Breakdown)
            await _breakdowns.EndAsync();
        await Task.WhenAll(EndStreamsAsync(data, symbols), firstRundown);
        var end = await DescribeEndAsync(reason);
        if (_merger.Failure is null)
            await WriteEndAsync(end);
        Volatile.Write(ref _progress, Measure());
        return new RecordingResult(_options.File, _merger.Length, end, _data.LostEvents, _data.SurvivalStopped);
    }

    public void Dispose()
    {
        _sampler.Dispose();
        _over.Dispose();
        _symbolsGivenUp.Dispose();
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

    // Written at the beginning, so that names are there even if the recorder is killed; kept, in case that the target cannot be asked at the end.
    private async Task ListFirstMethodsAsync(Rundown? rundown)
    {
        try
        {
            if (_target.IsLaunched)
                await Task.Delay(LaunchGrace, _over.Token);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            limit.CancelAfter(FirstRundownLimit);
            _rundown = rundown ?? await Rundown.TakeAsync(_target, SymbolReader.FirstRundownOffset, limit.Token);
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            // The target is gone already, or the recording is over.
            return;
        }

        Declare(_rundown);
        foreach (var e in _rundown.Events)
            _merger.Queue(e);
    }

    // All that is done again and again, by one timer: it is the waking up that costs a recorder its processor time, and beside a busy target the most.
    private async Task BeatAsync(Task data, Task stop)
    {
        var beatsToSample = (long)Math.Ceiling(_options.Interval / Tick);
        using var timer = new PeriodicTimer(_options.Interval / beatsToSample);
        try
        {
            for (long beat = 1; await timer.WaitForNextTickAsync(_over.Token); beat++)
            {
                if (beat % beatsToSample == 0)
                    _sampler.Sample();
                if (_options.Breakdown)
                    _breakdowns.SnapshotWhenDue();
                PollAfter();
                if (FindEnd(data, stop) is { } reason)
                    _end.TrySetResult(reason);
            }
        }
        catch (OperationCanceledException)
        {
            // The recording is over.
        }
    }

    private EndReason? FindEnd(Task data, Task stop)
    {
        if (_merger.Failure is not null)
            return EndReason.DiskFull;

        // Ctrl+C reaches a launched target too, which then may be gone as soon as the user's wish is known.
        if (stop.IsCompleted)
            return EndReason.Stopped;
        if (data.IsCompleted)
            return _data.Damage is null ? EndReason.StreamEnded : EndReason.StreamDamaged;
        if (_options.Duration is { } duration && Elapsed >= duration)
            return EndReason.Duration;
        return _merger.Room <= LastRundownReserve ? EndReason.SizeLimit : null;
    }

    /// <summary>What is kept of a limited file for the rundown at the end, in bytes; nothing where that would be more than a quarter.</summary>
    private long LastRundownReserve => _rundown is { Size: var size } && size <= _options.MaxSize / 4 ? size : 0;

    private TimeSpan Elapsed => TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);

    private void PollAfter()
    {
        if (_data.Idle > IdleAfter)
            _merger.WriteUpTo(_clock.Now - _clock.Ticks(IdleAfter));
        Volatile.Write(ref _progress, Measure());
        if (!_syncing.IsCompleted || Environment.TickCount64 - _syncedAt < SyncInterval.TotalMilliseconds)
            return;

        // A slow disk does not keep the samples waiting.
        _syncedAt = Environment.TickCount64;
        _syncing = Task.Run(_merger.Sync);
    }

    private async Task EndStreamsAsync(Task data, Task symbols)
    {
        _symbolsGivenUp.CancelAfter(StreamEndLimit);
        await Task.WhenAll(_data.StopAsync(data, StreamEndLimit), _symbols.StopAsync(_symbolsGivenUp.Token));
        await symbols;
    }

    // The data stream ends by itself when the target does; then its exit says more than the stream.
    private async Task<RecordingEnd> DescribeEndAsync(EndReason reason)
    {
        if (reason == EndReason.DiskFull)
            return new RecordingEnd(reason, Detail: _merger.Failure!.Message);
        if (reason != EndReason.StreamEnded)
            return new RecordingEnd(reason, Detail: _data.Damage);
        _sampler.Sample();
        if (await Task.WhenAny(_target.Exit, Task.Delay(ExitLimit)) != _target.Exit)
            return new RecordingEnd(EndReason.StreamEnded, Detail: "the target goes on, but closed the stream");

        var exit = await _target.Exit;
        _sampler.Sample();

        // A runtime that handles SIGTERM exits in good order, with 128 + the signal's number, and ends its streams before.
        if (_data.EndedCleanly)
            return new RecordingEnd(EndReason.TargetExited, exit.ExitCode ?? 128 + exit.Signal);
        if (exit.ExitCode is not null)
            return new RecordingEnd(EndReason.TargetExited, exit.ExitCode);

        // The kernel's OOM killer sends a SIGKILL like anybody else; that it was at work meanwhile is the best evidence there is.
        var outOfMemory = exit.Signal is null or SigKill && _sampler.OomKilled;
        return new RecordingEnd(outOfMemory ? EndReason.OutOfMemory : EndReason.TargetKilled, exit.ExitCode, exit.Signal);
    }

    // TraceLog resolves precompiled methods only from a rundown behind the stacks, so the file ends with one: a fresh one, or the first one again.
    private async Task WriteEndAsync(RecordingEnd end)
    {
        _merger.WriteUpTo(long.MaxValue);
        var now = _clock.Now;
        if (await LastRundownAsync(end.Reason) is { } rundown && rundown.Size <= _merger.Room)
        {
            if (!ReferenceEquals(rundown, _rundown))
                Declare(rundown);
            foreach (var e in rundown.Events)
                _merger.Queue(e with { Timestamp = now });
        }

        _merger.End(now, end.ToEvent().Write());
        _merger.Sync();
    }

    private async Task<Rundown?> LastRundownAsync(EndReason reason)
    {
        if (reason is EndReason.TargetExited or EndReason.TargetKilled or EndReason.OutOfMemory)
            return _rundown;
        try
        {
            using var limit = new CancellationTokenSource(RundownLimit);
            var rundown = await Rundown.TakeAsync(_target, SymbolReader.LastRundownOffset, limit.Token);
            return rundown.Complete ? rundown : _rundown;
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            return _rundown;
        }
    }

    // Once for each rundown: readers refuse a file that declares an id twice.
    private void Declare(Rundown rundown)
    {
        foreach (var block in rundown.Declarations)
            _merger.Declare(block);
    }

    private RecordingProgress Measure() => new(
        Elapsed,
        _sampler.Rss ?? -1,
        _sampler.PeakRss ?? -1,
        _data.GcHeap,
        _data.Allocated,
        _data.LostEvents,
        _merger.Length,
        _data.SurvivalStopped is not null);
}
