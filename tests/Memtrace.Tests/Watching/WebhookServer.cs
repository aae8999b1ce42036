using System.Net;
using System.Net.Sockets;

namespace Memtrace.Tests.Watching;

/// <summary>Receives what a webhook sends.</summary>
internal sealed class WebhookServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public WebhookServer(HttpStatusCode status)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync(status);
    }

    public Uri Address { get; }

    /// <summary>The signature and the body of each request.</summary>
    public List<(string? Signature, byte[] Body)> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync(HttpStatusCode status)
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Requests.Add((context.Request.Headers["X-Memtrace-Signature-256"], body.ToArray()));
            context.Response.StatusCode = (int)status;
            context.Response.Close();
        }
    }
}
