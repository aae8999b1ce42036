using System.Globalization;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>
/// The data session from its opening to its end. With survival it can be two sessions, one after the other: when a walk of the heap has stopped
/// the target for too long, a successor goes on without survival. One thread pumps, any thread may stop it and read the figures.
/// </summary>
internal sealed class DataStream : IDisposable
{
    private readonly Target _target;
    private readonly RecordingOptions _options;
    private readonly SamplingChoice _sampling;
    private readonly CancellationTokenSource _giveUp = new();
    private DiagnosticSession _session;
    private DataObserver? _observer;
    private (double Allocated, long Lost) _before;
    private Task<DiagnosticSession?>? _successor;
    private volatile bool _stopping;
    private volatile bool _isSwitching;
    private long _lastBlockAt;

    private DataStream(Target target, RecordingOptions options, SamplingChoice sampling, DiagnosticSession session) =>
        (_target, _options, _sampling, _session) = (target, options, sampling, session);

    /// <summary>The framing; known after <see cref="ReadBeginningAsync"/>.</summary>
    public NettraceFraming Framing => _session.Blocks.Framing;

    /// <summary>Estimated bytes allocated so far.</summary>
    public double Allocated => _before.Allocated + (_observer?.Allocated ?? 0);

    /// <summary>Events that the runtime dropped so far.</summary>
    public long LostEvents => _before.Lost + (_observer?.LostEvents ?? 0);

    /// <summary>GC heap after the last collection, in bytes, or -1.</summary>
    public long GcHeap => _observer?.GcHeap ?? -1;

    /// <summary>Whether the stream came to a marked end.</summary>
    public bool EndedCleanly => _session.Blocks.EndedCleanly;

    /// <summary>What is wrong with the stream, where it could not be read to its end, or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>Why survival ended before the recording, in plain words, or null.</summary>
    public string? SurvivalStopped { get; private set; }

    /// <summary>How long no block has come. A stream is not idle while one session takes over from another, which takes its time.</summary>
    public TimeSpan Idle =>
        _isSwitching ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastBlockAt));

    /// <summary>Opens the session.</summary>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DataStream> OpenAsync(Target target, RecordingOptions options, SamplingChoice sampling, CancellationToken cancellation)
    {
        var plan = SessionPlan.Data(sampling, options.Live, options.Stacks, options.BufferSizeMB);
        return new DataStream(target, options, sampling, await DiagnosticSession.StartAsync(target, plan, cancellation));
    }

    /// <summary>Reads the stream up to the trace block. A runtime that is suspended sends nothing until it is resumed.</summary>
    /// <returns>The header and the payload of the trace block; null when the stream ended before.</returns>
    /// <exception cref="TargetException">This is no stream of a runtime.</exception>
    public async Task<(byte[] Header, byte[] Trace)?> ReadBeginningAsync(CancellationToken cancellation)
    {
        try
        {
            await _session.Blocks.ReadHeaderAsync(cancellation);
            if (await _session.Blocks.ReadBlockAsync(cancellation) is not { Kind: BlockKind.Trace } trace)
                return null;
            var payload = trace.Payload.ToArray();
            _observer = new DataObserver(Framing, TraceObject.Parse(Framing, payload));
            return (_session.Blocks.Header.ToArray(), payload);
        }
        catch (Exception exception) when (exception is IOException or EndOfStreamException)
        {
            return null;
        }
        catch (NettraceException exception)
        {
            throw new TargetException(
                TargetError.RequestRefused, $"Nothing was recorded: process {_target.ProcessId} does not answer as a .NET runtime does ({exception.Message}).", exception);
        }
    }

    /// <summary>Passes blocks to the merger until the stream ends or is given up.</summary>
    public async Task PumpAsync(RecordingMerger merger, EventClock clock)
    {
        var ending = new EndingSession();
        await PumpSessionAsync(merger, clock, block => _successor is null ? [block] : ending.HoldBack(block));
        if (_successor is null || await _successor is not { } successor)
            return;

        var switchedAt = _observer!.LastTimestamp;
        merger.AddData(new NettraceBlock(BlockKind.SequencePoint, SequencePoint.Write(Framing, switchedAt)));
        _before = (Allocated, LostEvents);
        _session.Dispose();
        _session = successor;
        if (await ReadBeginningAsync(_giveUp.Token) is null)
            return;
        var renumberer = new BlockRenumberer(Framing, SymbolReader.SuccessorOffset, switchedAt);
        await PumpSessionAsync(merger, clock, block =>
        {
            _isSwitching = false;
            return renumberer.Renumber(block);
        });
    }

    /// <summary>Ends the session and waits until its stream has ended too. After the time is up both are given up: the file is whole anyway.</summary>
    /// <param name="pump">The running <see cref="PumpAsync"/>.</param>
    /// <param name="limit">How long it may take.</param>
    public async Task StopAsync(Task pump, TimeSpan limit)
    {
        _stopping = true;
        _giveUp.CancelAfter(limit);
        await _session.StopAsync(_giveUp.Token);
        if (_successor is not null && await _successor is { } successor)
            await successor.StopAsync(_giveUp.Token);
        await pump;
    }

    public void Dispose()
    {
        _session.Dispose();
        _giveUp.Dispose();
    }

    private async Task PumpSessionAsync(RecordingMerger merger, EventClock clock, Func<NettraceBlock, IReadOnlyList<NettraceBlock>> renumber)
    {
        try
        {
            while (await _session.Blocks.ReadBlockAsync(_giveUp.Token) is { } block)
            {
                Interlocked.Exchange(ref _lastBlockAt, Environment.TickCount64);
                _observer!.Observe(block);
                foreach (var renumbered in renumber(block))
                    merger.AddData(renumbered);
                EndSurvivalWhenTooDear(merger, clock);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The target is gone and the connection with it, or it does not answer.
        }
        catch (NettraceException exception)
        {
            Damage = exception.Message;
        }
    }

    private void EndSurvivalWhenTooDear(RecordingMerger merger, EventClock clock)
    {
        var walkMs = _observer!.LongestWalkMs;
        if (!_options.Live || _successor is not null || _stopping || walkMs <= _options.MaxPause.TotalMilliseconds)
            return;
        _isSwitching = true;
        _successor = Task.Run(() => OpenSuccessorAsync(merger, clock, walkMs));
    }

    // The successor opens before the session ends, so that no event is missed; those that both have are left out of the successor's.
    private async Task<DiagnosticSession?> OpenSuccessorAsync(RecordingMerger merger, EventClock clock, double walkMs)
    {
        DiagnosticSession successor;
        try
        {
            var plan = SessionPlan.Data(_sampling, live: false, _options.Stacks, _options.BufferSizeMB);
            successor = await DiagnosticSession.StartAsync(_target, plan, _giveUp.Token);
        }
        catch (Exception exception) when (exception is TargetException or OperationCanceledException)
        {
            // Better a recording with survival than none.
            _isSwitching = false;
            return null;
        }

        // From the request on nothing can be relied upon: a session that is being ended may have a collection's end, but not its ranges.
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"a walk of the heap stopped the target for {walkMs:F0} ms, longer than the {_options.MaxPause.TotalMilliseconds:F0} ms allowed");
        SurvivalStopped = reason;
        merger.Queue(RecorderEvent.SurvivalStopped, clock.Now, new SurvivalStop(0, walkMs, reason).Write());
        await _session.StopAsync(_giveUp.Token);
        return successor;
    }
}
