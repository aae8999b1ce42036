using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Memtrace.Tests.Recording;

/// <summary>What a session of a <see cref="FakeRuntime"/> sends.</summary>
/// <param name="AtStart">Sent at once.</param>
/// <param name="AtStop">Sent when the session is stopped; then its stream ends. Null: the runtime does not answer that request, as one that is stopped.</param>
internal sealed record FakeSession(byte[] AtStart, byte[]? AtStop)
{
    /// <summary>Whether its stream ends without a stop.</summary>
    public bool EndsAtOnce { get; init; }
}

/// <summary>
/// A diagnostic socket of this process that answers as a runtime does, and sends the streams of a script. It knows no process information, like runtimes before
/// .NET 6.
/// </summary>
internal sealed class FakeRuntime : IDisposable
{
    private const int HeaderSize = 20;
    private const byte EventPipe = 2, Stop = 1, Server = 0xFF, Ok = 0, Error = 0xFF;
    private const long SymbolKeywords = 0x20038;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fake-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<long, TaskCompletionSource> _stops = [];
    private readonly Queue<FakeSession> _data;
    private readonly Lock _lock = new();

    /// <param name="data">The sessions with GC events, in the order in which they are opened. All others have no events.</param>
    public FakeRuntime(params FakeSession[] data)
    {
        _data = new Queue<FakeSession>(data);
        var path = Path.Combine(_folder.FullName, "s");
        Port = path + ",connect";
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>What all other sessions send: at once the end of an empty stream, when they are stopped.</summary>
    public FakeSession Other { get; init; } = new([], new NettraceBuilder().Build());

    /// <summary>The port to connect to.</summary>
    public string Port { get; }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_over.IsCancellationRequested)
            _ = AnswerAsync(new NetworkStream(await _listener.AcceptAsync(_over.Token), ownsSocket: true));
    }

    private async Task AnswerAsync(NetworkStream connection)
    {
        await using (connection)
        {
            var header = new byte[HeaderSize];
            await connection.ReadExactlyAsync(header, _over.Token);
            var request = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderSize];
            await connection.ReadExactlyAsync(request, _over.Token);
            if (header[16] != EventPipe)
                await RespondAsync(connection, Error, 0);
            else if (header[17] == Stop)
                await StopAsync(connection, BinaryPrimitives.ReadInt64LittleEndian(request));
            else
                await RunAsync(connection, SessionOf(request));
        }
    }

    private async Task RunAsync(NetworkStream connection, FakeSession session)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (_lock)
        {
            id = _stops.Count + 1;
            if (session.AtStop is not null)
                _stops.Add(id, stop);
        }

        await RespondAsync(connection, Ok, id);
        await connection.WriteAsync(session.AtStart, _over.Token);
        if (!session.EndsAtOnce)
            await stop.Task.WaitAsync(_over.Token);
        await connection.WriteAsync(session.AtStop!, _over.Token);
    }

    private async Task StopAsync(NetworkStream connection, long session)
    {
        TaskCompletionSource? stop;
        lock (_lock)
            stop = _stops.GetValueOrDefault(session);
        if (stop is null)
            await Task.Delay(Timeout.Infinite, _over.Token);
        await RespondAsync(connection, Ok, session);
        stop!.SetResult();
    }

    // A list of providers: keywords, level, the length of the name, the name.
    private FakeSession SessionOf(byte[] request)
    {
        var name = request.AsSpan().IndexOf(Encoding.Unicode.GetBytes("Microsoft-Windows-DotNETRuntime\0"));
        if (name < 0)
            return Other;
        var keywords = BinaryPrimitives.ReadInt64LittleEndian(request.AsSpan(name - 16));
        var isData = (keywords & 1) != 0 && (keywords & SymbolKeywords) == 0;
        lock (_lock)
            return isData ? _data.Dequeue() : Other;
    }

    private ValueTask RespondAsync(NetworkStream connection, byte result, long value)
    {
        byte[] response = [.. "DOTNET_IPC_V1\0"u8, HeaderSize + 8, 0, Server, result, 0, 0, .. NettraceBuilder.Bytes(value)];
        return connection.WriteAsync(response, _over.Token);
    }
}
