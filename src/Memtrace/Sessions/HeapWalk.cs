using System.Globalization;
using Memtrace.Nettrace;
using Memtrace.Processes;

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

    /// <summary>A heap of a hundred GB takes minutes.</summary>
    private static readonly TimeSpan WalkLimit = TimeSpan.FromMinutes(30);

    /// <summary>What the runtime may take for a session without a walk.</summary>
    private static readonly TimeSpan SessionLimit = TimeSpan.FromSeconds(30);

    /// <summary>The events to let through, where the runtime can filter.</summary>
    public required IReadOnlyCollection<int> Events { get; init; }

    /// <summary>Whether the runtime walks its heap also when such a session ends, as it does before .NET 9 (dotnet/runtime issue 99487).</summary>
    /// <param name="target">The process.</param>
    public static bool IsRepeatedAtEnd(Target target) =>
        int.TryParse(target.Description.RuntimeVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < FirstWithoutRepetition;

    /// <summary>Walks. The sessions are closed when it returns, also if it was cancelled.</summary>
    /// <param name="read">Reads the events, on its own thread.</param>
    /// <param name="cancellation">Gives up. A walk that has begun cannot be stopped; it is over before this returns.</param>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Action<BlockReader> read, CancellationToken cancellation)
    {
        using var events = await OpenAsync(cancellation);
        var reading = Task.Run(() => read(events.Blocks), CancellationToken.None);
        DiagnosticSession? walk = null;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (sessions == HeapWalkSessions.Two)
                walk = await DiagnosticSession.StartAsync(target, SessionPlan.InducedCollection(), WalkLimit, CancellationToken.None);
        }
        finally
        {
            // What is still to be read keeps coming while the other session ends; unless that end walks again.
            foreach (var session in IsRepeatedAtEnd(target) ? [events, walk] : new[] { walk, events })
                await StopAsync(session);
            walk?.Dispose();
        }

        await reading;
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task<DiagnosticSession> OpenAsync(CancellationToken cancellation)
    {
        if (sessions == HeapWalkSessions.One)
            return await DiagnosticSession.StartAsync(target, SessionPlan.CollectedHeapGraph(bufferSizeMB), WalkLimit, CancellationToken.None);
        return await DiagnosticSession.StartFilteredAsync(target, SessionPlan.FilteredHeapGraph(bufferSizeMB), Events, SessionLimit, cancellation)
            ?? await DiagnosticSession.StartAsync(target, SessionPlan.HeapGraph(bufferSizeMB), cancellation);
    }

    private static async Task StopAsync(DiagnosticSession? session)
    {
        if (session is null)
            return;
        using var limit = new CancellationTokenSource(WalkLimit);
        await session.StopAsync(limit.Token);
    }
}
