using System.Net.Sockets;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>A diagnostic socket that leads to a runtime's own, and spoils whatever comes from there behind this many bytes of a connection.</summary>
internal sealed class SpoilingProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly string _runtime;
    private readonly int _intact;

    /// <param name="path">Where to listen.</param>
    /// <param name="runtime">The runtime's socket.</param>
    /// <param name="intact">How many bytes of each connection come through as they are.</param>
    public SpoilingProxy(string path, string runtime, int intact)
    {
        (_runtime, _intact) = (runtime, intact);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_over.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var runtime = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await runtime.ConnectAsync(new UnixDomainSocketEndPoint(_runtime), _over.Token);
            await Task.WhenAny(PassAsync(client, runtime, int.MaxValue), PassAsync(runtime, client, _intact));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // One of both is gone, or the test is over.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task PassAsync(Socket from, Socket to, int intact)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReceiveAsync(buffer, SocketFlags.None, _over.Token)) > 0;)
        {
            if (count > intact)
                buffer.AsSpan(intact..count).Fill(0xFF);
            intact = Math.Max(0, intact - count);
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent..count), SocketFlags.None, _over.Token);
        }
    }
}
