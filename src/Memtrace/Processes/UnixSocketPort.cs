using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Memtrace.Processes;

/// <summary>A Unix socket that runtimes connect to. Only its owner can connect.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixSocketPort : ReversePort
{
    private readonly Socket _socket;
    private readonly string? _folder;

    private UnixSocketPort(Socket socket, string path, string? folder) => (_socket, Address, _folder) = (socket, path, folder);

    /// <inheritdoc/>
    public override string Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="path">The socket's path; null for a socket in a private folder.</param>
    /// <exception cref="TargetException">Cannot listen on the path.</exception>
    public static async Task<UnixSocketPort> BindAsync(string? path)
    {
        var folder = path is null ? CreateFolder() : null;
        path ??= Path.Combine(folder!, "port");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await RemoveAbandonedAsync(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return new UnixSocketPort(socket, path, folder);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            if (folder is not null)
                Directory.Delete(folder, recursive: true);
            throw Unavailable(path, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task<ReverseConnection> AcceptAsync(CancellationToken cancellation)
    {
        try
        {
            var socket = await _socket.AcceptAsync(cancellation);
            return new ReverseConnection(new NetworkStream(socket, ownsSocket: true), PeerProcess.Of(socket)?.Id);
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _socket.Dispose();
        File.Delete(Address);
        if (_folder is not null)
            Directory.Delete(_folder);
    }

    private static string CreateFolder()
    {
        // The runtime treats ',' and ';' in the path as separators, and a socket's path has at most 108 characters.
        const int LongestFolder = 70;
        var common = Path.GetTempPath() is { Length: <= LongestFolder } temp && !temp.AsSpan().ContainsAny(',', ';') ? temp : "/tmp";
        var folder = Path.Combine(common, $"memtrace-{Path.GetRandomFileName()}");
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
}
