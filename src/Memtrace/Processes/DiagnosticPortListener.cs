using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Channels;

namespace Memtrace.Processes;

/// <summary>
/// A diagnostic port that runtimes connect to, suspended at startup. The first is the target. Every later one, such as another program that
/// the same shell starts, is resumed at once; otherwise it would stay suspended forever.
/// </summary>
internal sealed class DiagnosticPortListener : IAsyncDisposable
{
    /// <summary>"ADVR_V1\0", the runtime's cookie (16 bytes), its process id (8), 2 unused.</summary>
    private const int AdvertiseSize = 34;
    private const int CookieOffset = 8;
    private const int ProcessIdOffset = 24;

    /// <summary>Enough for any runtime that responds at all; a silent connection must not delay the end.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly string? _folder;
    private readonly Dictionary<Guid, ReversedRuntime> _runtimes = [];
    private readonly TaskCompletionSource<ReversedRuntime> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _accepting;

    private DiagnosticPortListener(Socket socket, string path, string? folder)
    {
        _socket = socket;
        _folder = folder;
        Path = path;
        _accepting = AcceptAsync();
    }

    /// <summary>The path that it listens on.</summary>
    public string Path { get; }

    /// <summary>The first runtime that connected.</summary>
    public Task<ReversedRuntime> First => _first.Task;

    /// <summary>Starts to listen.</summary>
    /// <param name="path">The socket's path; null for a socket in a private folder.</param>
    /// <exception cref="TargetException">Cannot listen on the path.</exception>
    public static async Task<DiagnosticPortListener> StartAsync(string? path = null)
    {
        if (OperatingSystem.IsWindows())
            throw new TargetException(TargetError.PortUnavailable, "Launching and listening are not supported on Windows. Start the program and attach with --process-id.");
        var folder = path is null ? CreateFolder() : null;
        path ??= System.IO.Path.Combine(folder!, "port");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await RemoveAbandonedAsync(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return new DiagnosticPortListener(socket, path, folder);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new TargetException(
                TargetError.PortUnavailable, $"Cannot listen on {path}: {exception.Message.TrimEnd('.')}. Choose another path.", exception);
        }
    }

    /// <summary>Stops listening and resumes the runtimes that are still suspended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
            return;
        await ReleaseAllAsync();
        await CloseAsync();
    }

    /// <summary>Stops listening, and leaves suspended runtimes to the next listener on the path.</summary>
    public async Task CloseAsync()
    {
        await _disposed.CancelAsync();
        await _accepting;
        foreach (var runtime in Runtimes())
            runtime.Dispose();
        _socket.Dispose();
        _first.TrySetCanceled();
        File.Delete(Path);
        if (_folder is not null)
            Directory.Delete(_folder);
    }

    [UnsupportedOSPlatform("windows")]
    private static string CreateFolder()
    {
        // The runtime treats ',' and ';' in the path as separators, and a socket's path has at most 108 characters.
        const int LongestFolder = 70;
        var common = System.IO.Path.GetTempPath() is { Length: <= LongestFolder } temp && !temp.AsSpan().ContainsAny(',', ';') ? temp : "/tmp";
        var folder = System.IO.Path.Combine(common, $"memtrace-{System.IO.Path.GetRandomFileName()}");
        return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    /// <summary>Removes the socket of a killed listener, but no socket that is in use and no other file.</summary>
    /// <exception cref="IOException">The path is another kind of file.</exception>
    private static async Task RemoveAbandonedAsync(string path)
    {
        if (!File.Exists(path))
            return;

        // A connection to a regular file is refused, too.
        if (!NativeMethods.IsSocket(path))
            throw new IOException("the file exists and is not a socket");
        try
        {
            await using var connection = await new DiagnosticEndpoint(path).ConnectAsync(CancellationToken.None);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = HandleConnectionAsync(await _socket.AcceptAsync(_disposed.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    /// <summary>Repeats, because connections are still accepted: a runtime connects again for each request, and new runtimes may appear.</summary>
    private async Task ReleaseAllAsync()
    {
        int released;
        do
        {
            var runtimes = Runtimes();
            released = runtimes.Length;
            await Task.WhenAll(runtimes.Select(ReleaseAsync));
        }
        while (Runtimes().Length > released);
    }

    private ReversedRuntime[] Runtimes()
    {
        lock (_runtimes)
            return [.. _runtimes.Values];
    }

    private async Task HandleConnectionAsync(Socket socket)
    {
        var connection = new NetworkStream(socket, ownsSocket: true);
        try
        {
            using var timeout = new CancellationTokenSource(ResponseTimeout);
            var advertise = new byte[AdvertiseSize];
            await connection.ReadExactlyAsync(advertise, timeout.Token);
            if (!advertise.AsSpan().StartsWith("ADVR_V1\0"u8))
                throw new InvalidDataException("Not a runtime.");
            var cookie = new Guid(advertise.AsSpan(CookieOffset, 16));
            var claimed = (int)BinaryPrimitives.ReadInt64LittleEndian(advertise.AsSpan(ProcessIdOffset));
            await RegisterAsync(cookie, PeerProcess.Of(socket)?.Id ?? claimed, connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or InvalidDataException)
        {
            // It has exited, or is not a runtime.
            await connection.DisposeAsync();
        }
    }

    private async Task RegisterAsync(Guid cookie, int processId, Stream connection)
    {
        ReversedRuntime? runtime;
        bool isFirst, isNew;
        lock (_runtimes)
        {
            isFirst = _runtimes.Count == 0;
            isNew = !_runtimes.TryGetValue(cookie, out runtime);
            if (isNew)
                _runtimes[cookie] = runtime = new ReversedRuntime(processId);
        }

        runtime!.Add(connection);
        if (isFirst)
            _first.TrySetResult(runtime);
        else if (isNew)
            await ReleaseAsync(runtime);
    }

    private static async Task ReleaseAsync(ReversedRuntime runtime)
    {
        using var timeout = new CancellationTokenSource(ResponseTimeout);
        try
        {
            await runtime.ResumeAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidDataException or ChannelClosedException)
        {
            // It has exited.
        }
    }
}
