using Memtrace.Processes;
using Memtrace.Reading;

namespace Memtrace.Sessions;

/// <summary>A session with the GC's events, which are read as they arrive.</summary>
internal sealed class CollectionObserver : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly DiagnosticSession _session;
    private readonly TimeProvider _time;
    private readonly CollectionWatch _watch = new();
    private readonly Task<bool> _reading;

    private CollectionObserver(DiagnosticSession session, TimeProvider time)
    {
        (_session, _time) = (session, time);
        _reading = Task.Run(Read, CancellationToken.None);
    }

    /// <summary>Completes when the finalizer thread has emptied its queue. The runtime may send the event late, at the latest at the end of the session.</summary>
    public Task QueueEmptied => _watch.QueueEmptied;

    /// <summary>Opens the session.</summary>
    /// <param name="target">The process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<CollectionObserver> OpenAsync(Target target, TimeProvider time, CancellationToken cancellation) =>
        new(await DiagnosticSession.StartAsync(target, SessionPlan.Collections(), cancellation), time);

    /// <summary>Ends the session.</summary>
    /// <returns>The collection that it saw; null if its events are not complete.</returns>
    public async Task<CollectionWatch?> EndAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, _time);
        await _session.StopAsync(limit.Token);
        await Task.WhenAny(_reading, Task.Delay(StopLimit, _time, CancellationToken.None));
        return _reading.IsCompleted && await _reading ? _watch : null;
    }

    public void Dispose() => _session.Dispose();

    private bool Read()
    {
        try
        {
            return new RecordingReader(_watch).Read(_session.Blocks).Terminated;
        }
        catch (Exception exception) when (exception is RecordingException or IOException or ObjectDisposedException)
        {
            // The stream broke off.
            return false;
        }
    }
}
