using Memtrace.Processes;
using Memtrace.Nettrace;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>One EventPipe session of the target and its stream of blocks. One thread reads, any thread may stop.</summary>
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
            await _session.StopAsync(cancellation);
        }
        catch (Exception exception) when (exception is DiagnosticsClientException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nothing to stop, or nobody to stop it.
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
