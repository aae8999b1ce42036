using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Channels;

namespace Memtrace.Processes;

/// <summary>
/// A diagnostic port to which runtimes come, and wait there at their start. The first is the target. Every later one, a sibling that the
/// same shell starts, is let go on at once: nobody else would, and it would wait for ever.
/// </summary>
internal sealed class DiagnosticPortListener : IAsyncDisposable
{
    /// <summary>"ADVR_V1\0", the runtime's cookie (16 bytes), its process's id (8), 2 unused.</summary>
    private const int AdvertiseSize = 34;
    private const int CookieOffset = 8;
    private const int ProcessIdOffset = 24;

    /// <summary>Enough for a runtime that answers at all; a connection that says nothing must not hold up the end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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

    /// <summary>Where it listens.</summary>
    public string Path { get; }

    /// <summary>The first runtime that came.</summary>
    public Task<ReversedRuntime> First => _first.Task;

    /// <summary>Listens.</summary>
    /// <param name="path">Where; null for a folder of its own, which nobody else may enter.</param>
    /// <exception cref="TargetException">The path cannot be listened at.</exception>
    public static async Task<DiagnosticPortListener> StartAsync(string? path = null)
    {
        if (OperatingSystem.IsWindows())
            throw new TargetException(TargetError.PortUnavailable, "Not possible on Windows yet; start the program, and attach with --process-id.");
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
                TargetError.PortUnavailable, $"Cannot listen at {path}: {exception.Message.TrimEnd('.')}. Choose another path.", exception);
        }
    }

    /// <summary>Stops listening. Runtimes that still wait are let go on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
            return;
        await ReleaseAllAsync();
        await CloseAsync();
    }

    /// <summary>Stops listening, and leaves waiting runtimes to whoever listens at the path next.</summary>
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
        // The runtime takes ',' and ';' in the path for separators, and the path of a socket is at most 108 characters long.
        const int LongestFolder = 70;
        var common = System.IO.Path.GetTempPath() is { Length: <= LongestFolder } temp && !temp.AsSpan().ContainsAny(',', ';') ? temp : "/tmp";
        var folder = System.IO.Path.Combine(common, $"memtrace-{System.IO.Path.GetRandomFileName()}");
        return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    /// <summary>A killed listener leaves its socket behind; only a socket without a listener is removed, never another file.</summary>
    /// <exception cref="IOException">Something else is there.</exception>
    private static async Task RemoveAbandonedAsync(string path)
    {
        if (!File.Exists(path))
            return;

        // A connection to an ordinary file is refused, too.
        if (!NativeMethods.IsSocket(path))
            throw new IOException("there is a file that is not a socket");
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
                _ = WelcomeAsync(await _socket.AcceptAsync(_disposed.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    /// <summary>Accepting goes on meanwhile: a runtime comes again for each request, and another may come for the first time.</summary>
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

    private async Task WelcomeAsync(Socket socket)
    {
        var connection = new NetworkStream(socket, ownsSocket: true);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var advertise = new byte[AdvertiseSize];
            await connection.ReadExactlyAsync(advertise, patience.Token);
            if (!advertise.AsSpan().StartsWith("ADVR_V1\0"u8))
                throw new InvalidDataException("Not a runtime.");
            var cookie = new Guid(advertise.AsSpan(CookieOffset, 16));
            var claimed = (int)BinaryPrimitives.ReadInt64LittleEndian(advertise.AsSpan(ProcessIdOffset));
            await GuideAsync(cookie, PeerProcess.Of(socket) ?? claimed, connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or InvalidDataException)
        {
            // It ended, or never was a runtime.
            await connection.DisposeAsync();
        }
    }

    private async Task GuideAsync(Guid cookie, int processId, Stream connection)
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
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await runtime.ResumeAsync(patience.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidDataException or ChannelClosedException)
        {
            // It ended while it waited.
        }
    }
}
