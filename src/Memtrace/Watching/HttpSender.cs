namespace Memtrace.Watching;

/// <summary>Sends requests to a server, and tells failures that may pass from refusals. Thread-safe.</summary>
internal sealed class HttpSender : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null if the server accepted it.</returns>
    public async Task<SendFailure?> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode ? null : new SendFailure($"the server answered {status}", MayPass: status is >= 500 or 408 or 429);
        }
        catch (HttpRequestException exception)
        {
            return new SendFailure(exception.Message, MayPass: true);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new SendFailure("the server does not answer", MayPass: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}

/// <summary>Why a server did not accept a request.</summary>
/// <param name="Problem">What went wrong.</param>
/// <param name="MayPass">Whether another attempt may succeed.</param>
internal sealed record SendFailure(string Problem, bool MayPass);
