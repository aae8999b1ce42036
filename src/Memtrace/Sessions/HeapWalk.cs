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

/// <summary>Has a runtime walk its heap, and passes on what it sends. The target is paused for a full collection and the walk.</summary>
/// <param name="target">The process.</param>
/// <param name="sessions">How to ask.</param>
/// <param name="bufferSizeMB">The most that the events may take in the target while they wait.</param>
internal sealed class HeapWalk(Target target, HeapWalkSessions sessions, int bufferSizeMB)
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

    /// <summary>What the runtime may take to list its code.</summary>
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(30);

    /// <summary>The events to let through, where the runtime can filter.</summary>
    public required IReadOnlyCollection<int> Events { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the runtime walks its heap also when such a session ends, as it does before .NET 9 (dotnet/runtime issue 99487).</summary>
    /// <param name="target">The process.</param>
    public static bool IsRepeatedAtEnd(Target target) =>
        int.TryParse(target.Description.RuntimeVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < FirstWithoutRepetition;

    /// <summary>Walks. The sessions are closed when it returns, also if it was cancelled.</summary>
    /// <param name="read">Reads the events, on its own thread.</param>
    /// <param name="cancellation">Cancels the operation. A walk that has begun cannot be stopped; it is over before this returns.</param>
    /// <returns>The modules and methods of the process, as far as it listed them.</returns>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<LoadedCode> RunAsync(Action<BlockReader> read, CancellationToken cancellation)
    {
        using var events = await OpenAsync(cancellation);
        var reading = Task.Factory.StartNew(() => Read(events.Stream, read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var second = await OpenSecondAsync(events, cancellation);
        var code = new LoadedCode();
        var listing = code.ReceiveAsync(second);
        await StopAsync(second, ListLimit);
        await Task.WhenAny(listing, Task.Delay(ListLimit, Time, CancellationToken.None));
        await reading;
        cancellation.ThrowIfCancellationRequested();
        return code;
    }

    private static void Read(Stream events, Action<BlockReader> read)
    {
        using var received = new ReadAheadStream(events, MostWaitingMB);

        // Only now: a thread inherits the niceness of the one that starts it.
        CurrentThread.SetNiceness(ReaderNiceness);
        read(new BlockReader(received));
    }

    // The session of the events ends first. Its runtime forgets only when another one ends after it that it has sent the names of types, and would leave them out of the next
    // walk while other sessions are open; and another walk at the end of the second session, as old runtimes do, is none of those events.
    private async Task<DiagnosticSession> OpenSecondAsync(DiagnosticSession events, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return await DiagnosticSession.StartAsync(target, SecondPlan, WalkLimit, CancellationToken.None);
        }
        finally
        {
            await StopAsync(events, WalkLimit);
        }
    }

    private EventPipeSessionConfiguration SecondPlan => sessions == HeapWalkSessions.Two ? SessionPlan.InducedCollectionAndNames() : SessionPlan.Names();

    private async Task<DiagnosticSession> OpenAsync(CancellationToken cancellation)
    {
        if (sessions == HeapWalkSessions.One)
            return await DiagnosticSession.StartAsync(target, SessionPlan.CollectedHeapGraph(bufferSizeMB), WalkLimit, CancellationToken.None);
        return await DiagnosticSession.StartFilteredAsync(target, SessionPlan.FilteredHeapGraph(bufferSizeMB), Events, SessionLimit, cancellation)
            ?? await DiagnosticSession.StartAsync(target, SessionPlan.HeapGraph(bufferSizeMB), cancellation);
    }

    private async Task StopAsync(DiagnosticSession session, TimeSpan duration)
    {
        using var limit = new CancellationTokenSource(duration, Time);
        await session.StopAsync(limit.Token);
    }
}
