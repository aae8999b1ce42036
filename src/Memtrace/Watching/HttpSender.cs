namespace Memtrace.Watching;

/// <summary>Sends requests to a server. Thread-safe.</summary>
/// <param name="timeout">How long to wait for an answer.</param>
internal sealed class HttpSender(TimeSpan timeout) : IDisposable
{
    /// <summary>How long to wait for an answer by default.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>No answer that is read has more bytes.</summary>
    private const int LongestAnswer = 1 << 20;

    private readonly HttpClient _client = new() { Timeout = timeout, MaxResponseContentBufferSize = LongestAnswer };

    /// <summary>Sends a request, and tells failures that may pass from refusals. The content of the answer is not read.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null if the server accepted it.</returns>
    public async Task<SendFailure?> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var answer = await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, response => Task.FromResult(Answer(response)), cancellation);
        return answer.IsSuccess ? null : new SendFailure(answer.Problem, MayPass: answer.Status is null or >= 500 or 408 or 429);
    }

    /// <summary>Sends a request, and reads the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<HttpAnswer> AskAsync(HttpRequestMessage request, CancellationToken cancellation) => AskAsync(
        request,
        HttpCompletionOption.ResponseContentRead,
        async response => Answer(response) with
        {
            Body = await response.Content.ReadAsByteArrayAsync(cancellation),
            RetryAfter = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - TimeProvider.System.GetUtcNow() : null,
            Fields = response.Headers.Concat(response.TrailingHeaders).ToLookup(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
        },
        cancellation);

    private static HttpAnswer Answer(HttpResponseMessage response) => new((int)response.StatusCode, $"the server answered {(int)response.StatusCode}");

    private async Task<HttpAnswer> AskAsync(
        HttpRequestMessage request, HttpCompletionOption completion, Func<HttpResponseMessage, Task<HttpAnswer>> read, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.SendAsync(request, completion, cancellation);
            return await read(response);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new HttpAnswer(null, exception.Message);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new HttpAnswer(null, "the server does not answer");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}

/// <summary>What a server answered. Immutable.</summary>
/// <param name="Status">The status code; null without an answer.</param>
/// <param name="Problem">What to say if this is a failure.</param>
internal sealed record HttpAnswer(int? Status, string Problem)
{
    /// <summary>Whether the status is one of success.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How long the server asks to wait; null if it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The fields before and after the content.</summary>
    public ILookup<string, string> Fields { get; init; } = Array.Empty<string>().ToLookup(name => name);
}

/// <summary>Why a server did not accept a request.</summary>
/// <param name="Problem">What went wrong.</param>
/// <param name="MayPass">Whether another attempt may succeed.</param>
/// <param name="After">When the server asks for another attempt; null if it does not say.</param>
internal sealed record SendFailure(string Problem, bool MayPass, TimeSpan? After = null);
