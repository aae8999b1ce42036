using System.Net.Http.Headers;

namespace Memtrace.Watching.Continuous;

/// <summary>
/// Sends what is in the spool to <c>POST /ingest</c> of Pyroscope or Grafana Alloy, one at a time, oldest first. While the engine is away, it tries again at
/// growing intervals; whoever adds to the spool never waits for it.
/// </summary>
/// <param name="server">The engine.</param>
/// <param name="spool">What to send.</param>
/// <param name="log">Receives a line when the engine goes away, comes back or refuses something.</param>
/// <param name="time">The clock.</param>
internal sealed class ProfileSender(Uri server, ProfileSpool spool, Action<string> log, TimeProvider time) : IDisposable
{
    private readonly HttpSender _sender = new(HttpSender.DefaultTimeout);
    private readonly Uri _address = new(server.AbsoluteUri.TrimEnd('/') + "/ingest");
    private string? _problem;
    private long _sent;

    /// <summary>How many profiles the engine has accepted.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Sends until it is stopped.</summary>
    /// <param name="stop">Stops. What was not sent stays in the spool.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var delay = RetryDelay.First;
        while (!stop.IsCancellationRequested)
        {
            var isDone = await SendAllAsync(stop);
            await WaitAsync(isDone ? spool.WaitAsync(stop) : Task.Delay(delay, time, stop));
            delay = isDone ? RetryDelay.First : RetryDelay.After(delay);
        }
    }

    /// <summary>Sends everything in the spool, until the engine fails.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Whether the spool is empty.</returns>
    public async Task<bool> SendAllAsync(CancellationToken cancellation)
    {
        try
        {
            while (spool.Oldest() is { } next)
            {
                if (!await TrySendAsync(next, cancellation))
                    return false;
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(exception.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private static async Task WaitAsync(Task wait)
    {
        try
        {
            await wait;
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task<bool> TrySendAsync(WaitingProfile next, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_address}?{next.Profile.Query}")) { Content = new ByteArrayContent(next.Profile.Content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var failure = await _sender.SendAsync(request, cancellation);
        Report(failure?.Problem);
        if (failure is { MayPass: true })
            return false;
        if (failure is null)
            Accept(next);
        else
            spool.Reject(next);
        return true;
    }

    private void Accept(WaitingProfile profile)
    {
        Interlocked.Increment(ref _sent);
        spool.Remove(profile);
    }

    private void Report(string? problem)
    {
        if (problem == _problem)
            return;
        _problem = problem;
        log($"Profiles to {server}: {problem ?? "accepted again"}");
    }
}
