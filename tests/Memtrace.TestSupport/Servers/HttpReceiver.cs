using System.Collections.Concurrent;
using System.Net;

namespace Memtrace.TestSupport.Servers;

/// <summary>Stands in for a server: keeps the requests that arrive, and answers as configured.</summary>
internal sealed class HttpReceiver : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();

    public HttpReceiver(HttpStatusCode status = HttpStatusCode.OK)
    {
        (_listener, Address) = Listen();
        Status = status;
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What it answers.</summary>
    public HttpStatusCode Status { get; set; }

    /// <summary>What it says beside the status; null for nothing.</summary>
    public Action<HttpListenerResponse>? Write { get; set; }

    /// <summary>All requests so far, whatever the answer was.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>The requests that were accepted.</summary>
    public IReadOnlyList<ReceivedRequest> Accepted => [.. _requests.Where(request => request.Status == HttpStatusCode.OK)];

    public void Dispose() => _listener.Close();

    /// <summary>Somebody else may take a port that was free.</summary>
    private static (HttpListener Listener, Uri Address) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
            var listener = new HttpListener { Prefixes = { address.AbsoluteUri } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Another port, then.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var headers = context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase);
            _requests.Enqueue(new ReceivedRequest(context.Request.HttpMethod, context.Request.Url!, headers, body.ToArray(), Status));
            context.Response.StatusCode = (int)Status;
            Write?.Invoke(context.Response);
            context.Response.Close();
        }
    }
}

/// <summary>A request that has come.</summary>
internal sealed record ReceivedRequest(string Method, Uri Address, IReadOnlyDictionary<string, string> Headers, byte[] Body, HttpStatusCode Status);
