using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Memtrace.Watching.Metrics;

/// <summary>
/// Answers <c>GET /metrics</c> of a watcher. A connection carries one request; few at a time, none for long, so that no client holds up the watcher.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    private const int MaxConnections = 8, MaxRequest = 16 << 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Watcher _watcher;
    private readonly TcpListener _listener;
    private readonly SemaphoreSlim _connections = new(MaxConnections);
    private readonly List<Task> _answers = [];

    /// <summary>Listens.</summary>
    /// <param name="watcher">What is served.</param>
    /// <param name="endpoint">Where.</param>
    /// <exception cref="IOException">The address cannot be used.</exception>
    public MetricsServer(Watcher watcher, IPEndPoint endpoint)
    {
        _watcher = watcher;
        _listener = new TcpListener(endpoint);
        try
        {
            _listener.Start();
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen on {endpoint}: {exception.Message}", exception);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Answers until it is stopped.</summary>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await _connections.WaitAsync(stop);
                Start(AnswerAsync(await _listener.AcceptTcpClientAsync(stop), stop));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(_answers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _connections.Dispose();
    }

    // Awaited when the server stops.
    private void Start(Task answer)
    {
        _answers.RemoveAll(item => item.IsCompletedSuccessfully);
        _answers.Add(answer);
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stop)
    {
        try
        {
            using var connection = client;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Limit);
            await using var stream = connection.GetStream();
            var request = await ReadHeadAsync(stream, limit.Token);
            await stream.WriteAsync(await RespondAsync(request), limit.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The client is gone or too slow, or the server is stopped.
        }
        finally
        {
            _connections.Release();
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var buffer = new byte[MaxRequest];
        for (var length = 0; length < buffer.Length;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += count;
            if (count == 0 || buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(buffer, 0, length);
        }

        return "";
    }

    private async Task<byte[]> RespondAsync(string request)
    {
        if (request.Split(' ', 3) is not [var method, var path, _])
            return Response("400 Bad Request", MetricsText.PlainType, "Bad request\n");
        if (path.Split('?')[0] != "/metrics")
            return Response("404 Not Found", MetricsText.PlainType, "See /metrics\n");
        if (method != "GET")
            return Response("405 Method Not Allowed", MetricsText.PlainType, "GET only\n");
        var families = (await _watcher.MetricsAsync()).ByName();
        return request.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
            ? Response("200 OK", MetricsText.OpenMetricsType, MetricsText.WriteOpenMetrics(families))
            : Response("200 OK", MetricsText.PlainType, MetricsText.WritePlain(families));
    }

    private static byte[] Response(string status, string type, string body)
    {
        var content = Encoding.UTF8.GetBytes(body);
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
