using Memtrace.Processes;
using Memtrace.Nettrace;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>An EventPipe session of the target and its stream of blocks. One thread reads; any thread may stop it.</summary>
internal sealed class DiagnosticSession : IDisposable
{
    /// <summary>Time limit for ending a session.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);

    private readonly IDisposable _connection;
    private readonly Func<CancellationToken, Task> _stop;

    private DiagnosticSession(EventPipeSession session)
        : this(session.EventStream, session, session.StopAsync)
    {
    }

    private DiagnosticSession(Stream stream, IDisposable connection, Func<CancellationToken, Task> stop)
    {
        (_connection, _stop) = (connection, stop);
        Stream = stream;
        Blocks = new BlockReader(stream);
    }

    /// <summary>The bytes that the runtime sends, for those who do not read <see cref="Blocks"/>.</summary>
    public Stream Stream { get; }

    /// <summary>The blocks of the stream.</summary>
    public BlockReader Blocks { get; }

    /// <summary>Opens a session.</summary>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DiagnosticSession> StartAsync(Target target, EventPipeSessionConfiguration plan, CancellationToken cancellation) =>
        new(await OpenAsync(plan, configuration => target.AskAsync((client, token) => client.StartEventPipeSessionAsync(configuration, token), cancellation)));

    /// <summary>Opens a session whose response takes a while, because the runtime first does what the session requests.</summary>
    /// <param name="target">The process.</param>
    /// <param name="plan">The session's configuration.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="cancellation">Stops waiting; what the runtime has begun continues.</param>
    /// <exception cref="TargetException">The target refuses or does not respond.</exception>
    public static async Task<DiagnosticSession> StartAsync(
        Target target, EventPipeSessionConfiguration plan, TimeSpan limit, CancellationToken cancellation) =>
        new(await OpenAsync(plan, configuration => target.AskAsync((client, token) => client.StartEventPipeSessionAsync(configuration, token), limit, cancellation)));

    /// <summary>Opens a session that receives only some events.</summary>
    /// <param name="target">The process.</param>
    /// <param name="plan">The session's configuration, with one provider.</param>
    /// <param name="events">The ids of the events.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Null if the runtime cannot filter (before .NET 10).</returns>
    /// <exception cref="TargetException">The target does not respond.</exception>
    public static async Task<DiagnosticSession?> StartFilteredAsync(
        Target target, EventPipeSessionConfiguration plan, IReadOnlyCollection<int> events, TimeSpan limit, CancellationToken cancellation) => target.Endpoint is { } endpoint
        ? await target.AskAsync(endpoint, (connection, token) => StartFilteredAsync(target, connection, plan, events, token), limit, cancellation)
        : null;

    /// <summary>Opens a session, falling back to the request that older runtimes understand.</summary>
    /// <param name="plan">The session's configuration.</param>
    /// <param name="ask">Sends the request to the target.</param>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<EventPipeSession> OpenAsync(EventPipeSessionConfiguration plan, Func<EventPipeSessionConfiguration, Task<EventPipeSession>> ask)
    {
        try
        {
            return await ask(plan);
        }
        catch (TargetException exception) when (exception.Error == TargetError.RequestRefused && SessionPlan.BeforeNet9(plan) is { } older)
        {
            return await ask(older);
        }
    }

    /// <summary>
    /// Asks the target to end the session, after which the stream ends. Does not throw if the target has exited or does not answer in time: the end of
    /// the stream shows that.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        try
        {
            await _stop(cancellation);
        }
        catch (Exception exception) when (exception is TargetException or DiagnosticsClientException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session has ended, or the target does not answer.
        }
    }

    public void Dispose()
    {
        try
        {
            _connection.Dispose();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The target closed the connection first.
        }
    }

    private static async Task<DiagnosticSession?> StartFilteredAsync(
        Target target, Stream connection, EventPipeSessionConfiguration plan, IReadOnlyCollection<int> events, CancellationToken cancellation)
    {
        try
        {
            if (await DiagnosticIpc.StartSessionAsync(connection, plan, events, cancellation) is { } session)
                return new DiagnosticSession(connection, connection, token => StopAsync(target, session, token));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private static Task<bool> StopAsync(Target target, ulong session, CancellationToken cancellation) => target.AskAsync(
        target.Endpoint!,
        async (connection, token) =>
        {
            await using (connection)
                return await DiagnosticIpc.StopSessionAsync(connection, session, token);
        },
        StopLimit,
        cancellation);
}
