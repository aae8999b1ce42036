using System.Net.Sockets;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>A diagnostic socket that leads to a runtime's own, and on request spoils whatever comes from there.</summary>
internal sealed class SpoilingProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly string _runtime;
    private volatile bool _spoils;

    /// <param name="path">Where to listen.</param>
    /// <param name="runtime">The runtime's socket.</param>
    public SpoilingProxy(string path, string runtime)
    {
        _runtime = runtime;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>From now on, nothing comes through as it is.</summary>
    public void Spoil() => _spoils = true;

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
            await Task.WhenAny(PassAsync(client, runtime, isSpoiled: false), PassAsync(runtime, client, isSpoiled: true));
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

    private async Task PassAsync(Socket from, Socket to, bool isSpoiled)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReceiveAsync(buffer, SocketFlags.None, _over.Token)) > 0;)
        {
            if (isSpoiled && _spoils)
                buffer.AsSpan(..count).Fill(0xFF);
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent..count), SocketFlags.None, _over.Token);
        }
    }
}
