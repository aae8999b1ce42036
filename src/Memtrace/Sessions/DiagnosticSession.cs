using Memtrace.Processes;
using Memtrace.Nettrace;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>An EventPipe session of the target and its stream of blocks. One thread reads; any thread may stop it.</summary>
internal sealed class DiagnosticSession : IDisposable
{
    private readonly EventPipeSession _session;

    private DiagnosticSession(EventPipeSession session)
    {
        _session = session;
        Blocks = new BlockReader(session.EventStream);
    }

    /// <summary>The stream.</summary>
    public BlockReader Blocks { get; }

    /// <summary>Opens a session.</summary>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<DiagnosticSession> StartAsync(Target target, EventPipeSessionConfiguration plan, CancellationToken cancellation) =>
        new(await OpenAsync(plan, configuration => target.AskAsync((client, token) => client.StartEventPipeSessionAsync(configuration, token), cancellation)));

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
            await _session.StopAsync(cancellation);
        }
        catch (Exception exception) when (exception is DiagnosticsClientException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session has ended, or the target does not answer.
        }
    }

    public void Dispose()
    {
        try
        {
            _session.Dispose();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The target closed the connection first.
        }
    }
}
