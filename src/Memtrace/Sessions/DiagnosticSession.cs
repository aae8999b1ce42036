using Memtrace.Processes;
using Memtrace.Nettrace;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>One EventPipe session of the target and its stream of blocks. One thread reads, any thread may stop.</summary>
internal sealed class DiagnosticSession : IDisposable
{
    /// <summary>What the answer to the end of a session may take.</summary>
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
        Blocks = new BlockReader(stream);
    }

    /// <summary>The stream.</summary>
    public BlockReader Blocks { get; }

    /// <summary>Opens a session.</summary>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DiagnosticSession> StartAsync(Target target, EventPipeSessionConfiguration plan, CancellationToken cancellation) =>
        new(await OpenAsync(plan, configuration => target.AskAsync((client, token) => client.StartEventPipeSessionAsync(configuration, token), cancellation)));

    /// <summary>Opens a session whose answer takes its time, because the runtime first does what it is asked for.</summary>
    /// <param name="target">The process.</param>
    /// <param name="plan">What to ask for.</param>
    /// <param name="limit">How long the answer may take.</param>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DiagnosticSession> StartAsync(Target target, EventPipeSessionConfiguration plan, TimeSpan limit) =>
        new(await OpenAsync(plan, configuration => target.AskAsync(
            (client, token) => client.StartEventPipeSessionAsync(configuration, token), limit, CancellationToken.None)));

    /// <summary>Opens a session that gets some events only.</summary>
    /// <param name="target">The process.</param>
    /// <param name="plan">What to ask for, of one provider.</param>
    /// <param name="events">The ids of the events.</param>
    /// <param name="limit">How long the answer may take.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where the runtime cannot do that, as before .NET 10.</returns>
    /// <exception cref="TargetException">The target does not answer.</exception>
    public static async Task<DiagnosticSession?> StartFilteredAsync(
        Target target, EventPipeSessionConfiguration plan, IReadOnlyCollection<int> events, TimeSpan limit, CancellationToken cancellation) => target.Endpoint is { } endpoint
        ? await target.AskAsync(endpoint, (connection, token) => StartFilteredAsync(target, connection, plan, events, token), limit, cancellation)
        : null;

    /// <summary>Opens a session as it is asked for, or as an older runtime knows it.</summary>
    /// <param name="plan">What to ask for.</param>
    /// <param name="ask">Asks the target.</param>
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
    /// Asks the target to end the session, after which the stream comes to its end. Returns without an error when the target is gone or does not
    /// answer in time: the stream tells.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        try
        {
            await _stop(cancellation);
        }
        catch (Exception exception) when (exception is TargetException or DiagnosticsClientException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nothing to stop, or nobody to stop it.
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
