using System.Globalization;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>How a runtime is asked for what is on its heap.</summary>
internal enum HeapWalkSessions
{
    /// <summary>
    /// A session is open before another one has the runtime collect and walk the heap, so that the events are sent while they are made. The target needs
    /// a fifth of the memory.
    /// </summary>
    Two,

    /// <summary>
    /// One session does both; its events wait in the target until the walk is over. For runtimes that walk once more at the end of each session.
    /// </summary>
    One,
}

/// <summary>
/// Has a runtime walk its heap, and passes on what it sends: the walk, then the names of its modules and methods. The target is paused for a full collection and
/// the walk. Disposing waits until the sessions are closed. One call after the other.
/// </summary>
/// <param name="target">The process.</param>
/// <param name="sessions">How to ask.</param>
/// <param name="bufferSizeMB">The most that the events may take in the target while they wait.</param>
internal sealed class HeapWalk(Target target, HeapWalkSessions sessions, int bufferSizeMB) : IAsyncDisposable
{
    private const int FirstWithoutRepetition = 9;

    /// <summary>The most events that wait here until they are read, in MiB.</summary>
    private const int MostWaitingMB = 128;

    /// <summary>
    /// Reading gives way to receiving, and to the runtime if that runs on this machine: on two processors, the events of a walk otherwise wait in the process that makes
    /// them, and take twice as much memory there.
    /// </summary>
    private const int ReaderNiceness = 10;

    /// <summary>A heap of a hundred GB takes minutes.</summary>
    private static readonly TimeSpan WalkLimit = TimeSpan.FromMinutes(30);

    /// <summary>What the runtime may take for a session without a walk.</summary>
    private static readonly TimeSpan SessionLimit = TimeSpan.FromSeconds(30);

    private DiagnosticSession? _events;
    private DiagnosticSession? _second;
    private Task _reading = Task.CompletedTask;
    private Task? _stopping;
    private Task _closing = Task.CompletedTask;

    /// <summary>The events to let through, where the runtime can filter.</summary>
    public required IReadOnlyCollection<int> Events { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the runtime walks its heap also when such a session ends, as it does before .NET 9 (dotnet/runtime issue 99487).</summary>
    /// <param name="target">The process.</param>
    public static bool IsRepeatedAtEnd(Target target) =>
        int.TryParse(target.Description.RuntimeVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < FirstWithoutRepetition;

    /// <summary>Walks. The target runs again when this returns, and most of what it sent is read.</summary>
    /// <param name="read">Reads the events, on its own thread.</param>
    /// <param name="cancellation">Cancels the operation. A walk that has begun cannot be stopped; it is over before this returns.</param>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task WalkAsync(Action<BlockReader> read, CancellationToken cancellation)
    {
        var events = _events = await OpenAsync(cancellation);
        _reading = Task.Factory.StartNew(() => Read(events.Stream, read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        cancellation.ThrowIfCancellationRequested();
        _second = await DiagnosticSession.StartAsync(target, SecondPlan, WalkLimit, CancellationToken.None);
    }

    /// <summary>Waits until all is read.</summary>
    /// <param name="cancellation">Whether it was cancelled meanwhile.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await StopAsync();
        await _reading;
        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _events?.Dispose();
        await _reading;
        await _closing;
    }

    private static void Read(Stream events, Action<BlockReader> read)
    {
        using var received = new ReadAheadStream(events, MostWaitingMB);

        // Only now: a thread inherits the niceness of the one that starts it.
        CurrentThread.SetNiceness(ReaderNiceness);
        read(new BlockReader(received));
    }

    private EventPipeSessionConfiguration SecondPlan => sessions == HeapWalkSessions.Two ? SessionPlan.InducedCollection() : SessionPlan.Nothing();

    private async Task<DiagnosticSession> OpenAsync(CancellationToken cancellation)
    {
        if (sessions == HeapWalkSessions.One)
            return await DiagnosticSession.StartAsync(target, SessionPlan.CollectedHeapGraph(bufferSizeMB), WalkLimit, CancellationToken.None);
        return await DiagnosticSession.StartFilteredAsync(target, SessionPlan.FilteredHeapGraph(bufferSizeMB), Events, SessionLimit, cancellation)
            ?? await DiagnosticSession.StartAsync(target, SessionPlan.HeapGraph(bufferSizeMB), cancellation);
    }

    private Task StopAsync() => _stopping ??= StopInOrderAsync();

    // The session of the events ends first. Its runtime forgets only when another one ends after it that it has sent the names of types, and would leave them out of the next
    // walk while other sessions are open; and another walk at the end of the second session, as old runtimes do, is none of those events. Nothing waits for the end
    // of the second one, which takes the runtime 0.1 s.
    private async Task StopInOrderAsync()
    {
        if (_events is not null)
            await StopAsync(_events, WalkLimit);
        if (_second is not null)
            _closing = CloseAsync(_second);
    }

    private async Task CloseAsync(DiagnosticSession session)
    {
        using (session)
            await StopAsync(session, SessionLimit);
    }

    private async Task StopAsync(DiagnosticSession session, TimeSpan duration)
    {
        using var limit = new CancellationTokenSource(duration, Time);
        await session.StopAsync(limit.Token);
    }
}
