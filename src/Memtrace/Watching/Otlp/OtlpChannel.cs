using System.Net.Http.Headers;

namespace Memtrace.Watching.Otlp;

/// <summary>Carries requests to a collector. Thread-safe.</summary>
/// <param name="options">Where to, and how.</param>
internal abstract class OtlpChannel(OtlpOptions options) : IDisposable
{
    private readonly HttpSender _sender = new(options.Timeout);

    /// <summary>Where to, and how.</summary>
    protected OtlpOptions Options { get; } = options;

    /// <summary>Opens a channel; nothing is sent yet.</summary>
    /// <param name="options">Where to, and how.</param>
    public static OtlpChannel Open(OtlpOptions options) => options.Protocol == OtlpProtocol.Grpc ? new GrpcChannel(options) : new HttpChannel(options);

    /// <summary>Sends a request.</summary>
    /// <param name="content">The request, compressed if the options say so.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<OtlpAnswer> SendAsync(byte[] content, CancellationToken cancellation)
    {
        using var request = Request(content);
        foreach (var (name, value) in Options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await _sender.AskAsync(request, cancellation);
        return answer.IsSuccess ? Judge(answer) : new OtlpAnswer(new SendFailure(answer.Problem, MayPass: answer.Status is null or 429 or 502 or 503 or 504, answer.RetryAfter));
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    /// <summary>The request that carries a content.</summary>
    /// <param name="content">The content.</param>
    protected abstract HttpRequestMessage Request(byte[] content);

    /// <summary>What an answer with a status of success means.</summary>
    /// <param name="answer">The answer.</param>
    protected abstract OtlpAnswer Judge(HttpAnswer answer);

    /// <summary>Protocol Buffers over HTTP 1.1.</summary>
    private sealed class HttpChannel(OtlpOptions options) : OtlpChannel(options)
    {
        protected override HttpRequestMessage Request(byte[] content)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Options.Address) { Content = new ByteArrayContent(content) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            if (Options.IsCompressed)
                request.Content.Headers.ContentEncoding.Add("gzip");
            return request;
        }

        protected override OtlpAnswer Judge(HttpAnswer answer) => OtlpAnswer.Parse(answer.Body.Span);
    }
}
