using System.Globalization;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>
/// The data session from start to end. With survival it can be two sessions in succession: if a heap walk pauses the target for too long, a successor without
/// survival takes over. One thread pumps; any thread may stop it and read the figures.
/// </summary>
internal sealed class DataStream : IDisposable
{
    /// <summary>Of a stream that sends more than this between two pauses, the next one would have to wait in the target.</summary>
    private const int MostBetweenPauses = 64 * 1024;

    private readonly Target _target;
    private readonly RecordingOptions _options;
    private readonly DataRequest _request;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationTokenSource _stopped = new();
    private DiagnosticSession _session;
    private volatile Figures _figures = new(0, 0, null, 0, null);
    private Task<DiagnosticSession?>? _successor;
    private volatile bool _isSwitching;
    private long _lastBlockAt;
    private long _pausedAt;

    private DataStream(Target target, RecordingOptions options, DataRequest request, DiagnosticSession session, TimeProvider time) =>
        (_target, _options, _request, _session, _time) = (target, options, request, session, time);

    /// <summary>The figures of finished sessions and the observer of the current one, replaced as a whole so that readers never count a session twice.</summary>
    private sealed record Figures(double AllocatedBefore, long LostBefore, long? GcHeapBefore, int CollectionsBefore, DataObserver? Observer)
    {
        public double Allocated => AllocatedBefore + (Observer?.Allocated ?? 0);

        public long Lost => LostBefore + (Observer?.LostEvents ?? 0);

        public long? GcHeap => Observer?.GcHeap ?? GcHeapBefore;

        public int Collections => CollectionsBefore + (Observer?.CollectionsStarted ?? 0);

        public Figures Next(DataObserver? observer) => new(Allocated, Lost, GcHeap, Collections, observer);
    }

    /// <summary>The framing; valid after <see cref="ReadBeginningAsync"/>.</summary>
    public NettraceFraming Framing => _session.Blocks.Framing;

    /// <summary>Estimated bytes allocated so far.</summary>
    public double Allocated => _figures.Allocated;

    /// <summary>Events that the runtime dropped so far.</summary>
    public long LostEvents => _figures.Lost;

    /// <summary>GC heap after the last collection, in bytes; null before the first.</summary>
    public long? GcHeap => _figures.GcHeap;

    /// <summary>Collections that have started so far.</summary>
    public int CollectionsStarted => _figures.Collections;

    /// <summary>Whether the stream ended with an end mark.</summary>
    public bool EndedCleanly => _session.Blocks.EndedCleanly;

    /// <summary>Whether the stream was abandoned because the target did not end it in time.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>What is wrong with the stream, if it could not be read to its end; otherwise null.</summary>
    public string? Damage { get; private set; }

    /// <summary>Why survival tracking ended early, in plain words, or null.</summary>
    public string? SurvivalStopped { get; private set; }

    /// <summary>Time since the last block. A stream is not idle while one session replaces another.</summary>
    public TimeSpan Idle => _isSwitching ? TimeSpan.Zero : _time.GetElapsedTime(Interlocked.Read(ref _lastBlockAt));

    /// <summary>Opens the session.</summary>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DataStream> OpenAsync(
        Target target, RecordingOptions options, SamplingChoice sampling, TimeProvider time, CancellationToken cancellation)
    {
        var request = new DataRequest { Sampling = sampling, Survival = options.Live, Stacks = options.Stacks, BufferSizeMB = options.BufferSizeMB };
        return new DataStream(target, options, request, await DiagnosticSession.StartAsync(target, SessionPlan.Data(request), cancellation), time);
    }

    /// <summary>Reads the stream up to the Trace block. A suspended runtime sends nothing until it is resumed.</summary>
    /// <returns>The start of the stream; null if it ended before the Trace block.</returns>
    /// <exception cref="TargetException">This is not the stream of a runtime.</exception>
    public async Task<StreamBeginning?> ReadBeginningAsync(CancellationToken cancellation)
    {
        try
        {
            return await BeginAsync(cancellation);
        }
        catch (NettraceException exception)
        {
            throw new TargetException(
                TargetError.RequestRefused,
                $"Nothing was recorded: process {_target.ProcessId} does not respond like a .NET runtime ({exception.Message}).",
                exception);
        }
    }

    /// <summary>Passes blocks to the merger until the stream ends or is abandoned.</summary>
    public async Task PumpAsync(RecordingMerger merger, EventClock clock)
    {
        try
        {
            await PumpAllAsync(merger, clock);
        }
        catch (OperationCanceledException)
        {
            IsAbandoned = true;
        }
        catch (IOException)
        {
            // The target has exited, and the connection is closed.
        }
        catch (NettraceException exception)
        {
            Damage = exception.Message;
        }
    }

    /// <summary>Ends the session and waits for the end of its stream. After the time limit both are abandoned; the file is valid anyway.</summary>
    /// <param name="pump">The running <see cref="PumpAsync"/>.</param>
    /// <param name="limit">The time limit.</param>
    public async Task StopAsync(Task pump, TimeSpan limit)
    {
        await _stopped.CancelAsync();
        _giveUp.CancelAfter(limit);
        await _session.StopAsync(_giveUp.Token);
        if (_successor is not null && await _successor is { } successor)
            await successor.StopAsync(_giveUp.Token);
        await pump;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _giveUp.Dispose();
        _stopped.Dispose();
    }

    private async Task<StreamBeginning?> BeginAsync(CancellationToken cancellation)
    {
        try
        {
            await _session.Blocks.ReadHeaderAsync(cancellation);
            if (await _session.Blocks.ReadBlockAsync(cancellation) is not { Kind: BlockKind.Trace } trace)
                return null;
            var payload = trace.Payload.ToArray();
            _figures = _figures.Next(new DataObserver(Framing, TraceObject.Parse(Framing, payload)));
            return new StreamBeginning(Framing, _session.Blocks.Header.ToArray(), payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task PumpAllAsync(RecordingMerger merger, EventClock clock)
    {
        var ending = new EndingSession();
        await PumpSessionAsync(merger, clock, block => _successor is null ? [block] : ending.HoldBack(block));
        if (_successor is null || await _successor is not { } successor)
            return;

        var switchedAt = _figures.Observer!.LastTimestamp;
        merger.AddData(new NettraceBlock(BlockKind.SequencePoint, SequencePoint.Write(Framing, switchedAt)));
        _figures = _figures.Next(null);
        _session.Dispose();
        _session = successor;
        if (await BeginAsync(_giveUp.Token) is null)
            return;
        var renumberer = new BlockRenumberer(Framing, SymbolReader.SuccessorOffset, switchedAt);
        await PumpSessionAsync(merger, clock, block =>
        {
            _isSwitching = false;
            return renumberer.Renumber(block);
        });
    }

    private async Task PumpSessionAsync(RecordingMerger merger, EventClock clock, Func<NettraceBlock, IReadOnlyList<NettraceBlock>> renumber)
    {
        while (await NextAsync() is { } block)
        {
            Interlocked.Exchange(ref _lastBlockAt, _time.GetTimestamp());
            _figures.Observer!.Observe(block);
            foreach (var renumbered in renumber(block))
                merger.AddData(renumbered);
            EndSurvivalWhenTooCostly(merger, clock);
        }
    }

    // A session that is being replaced can end with a closed connection: the successor continues.
    private async ValueTask<NettraceBlock?> NextAsync()
    {
        if (_options.ReadPause > TimeSpan.Zero && _session.Blocks.IsDrained)
            await PauseAsync();
        try
        {
            return await _session.Blocks.ReadBlockAsync(_giveUp.Token);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async ValueTask PauseAsync()
    {
        var position = _session.Blocks.Position;
        var read = position - _pausedAt;
        _pausedAt = position;
        if (read <= MostBetweenPauses)
            await Task.Delay(_options.ReadPause, _time, _stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void EndSurvivalWhenTooCostly(RecordingMerger merger, EventClock clock)
    {
        var walkMs = _figures.Observer!.LongestWalkMs;
        if (!_options.Live || _successor is not null || _stopped.IsCancellationRequested || walkMs <= _options.MaxPause.TotalMilliseconds)
            return;
        _isSwitching = true;
        _successor = Task.Run(() => OpenSuccessorAsync(merger, clock, walkMs));
    }

    // The successor opens before the session ends, so that no event is missed; events that both have are skipped in the successor.
    private async Task<DiagnosticSession?> OpenSuccessorAsync(RecordingMerger merger, EventClock clock, double walkMs)
    {
        DiagnosticSession successor;
        try
        {
            var plan = SessionPlan.Data(_request with { Survival = false });
            successor = await DiagnosticSession.StartAsync(_target, plan, _giveUp.Token);
        }
        catch (Exception exception) when (exception is TargetException or OperationCanceledException)
        {
            // A recording with survival is better than none.
            _isSwitching = false;
            return null;
        }

        // Survival is unreliable from the request on: a session that is being ended may deliver the end of a collection, but not its ranges.
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"a heap walk paused the process for {walkMs:F0} ms, longer than the {_options.MaxPause.TotalMilliseconds:F0} ms allowed");
        SurvivalStopped = reason;
        merger.Queue(RecorderEvent.SurvivalStopped, clock.Now, new SurvivalStop(0, walkMs, reason).Write());
        await _session.StopAsync(_giveUp.Token);
        return successor;
    }
}
