using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>
/// Where a runtime listens for diagnostic requests: a Unix socket, on Windows a named pipe
/// (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).
/// </summary>
/// <param name="Address">The socket's path, or the pipe's name.</param>
/// <param name="Process">The process that must answer; null if any may.</param>
internal sealed record DiagnosticEndpoint(string Address, LinuxProcess? Process = null)
{
    /// <summary>sockaddr_un.sun_path of unix(7), without the terminating 0.</summary>
    private const int LongestPath = 107;

    /// <summary>Finds the endpoint of a process.</summary>
    /// <returns>Null if it has none.</returns>
    public static DiagnosticEndpoint? Find(int processId)
    {
        if (OperatingSystem.IsLinux())
            return LinuxProcess.Open(processId) is { } process ? Find(process) : null;
        if (OperatingSystem.IsWindows())
            return FindPipe(processId, Pipes());
        return SocketsOf(processId, Path.GetTempPath()).MaxBy(File.GetLastWriteTimeUtc) is { } path ? new DiagnosticEndpoint(path) : null;
    }

    /// <summary>Finds the pipe of a process on Windows. Connecting to a pipe that does not exist would wait for it to be created.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="pipes">The pipes of the machine; none if they cannot be listed.</param>
    /// <returns>Null if it has none.</returns>
    public static DiagnosticEndpoint? FindPipe(int processId, IReadOnlyCollection<string> pipes)
    {
        var name = Invariant($"dotnet-diagnostic-{processId}");
        return pipes.Count == 0 || pipes.Contains(name) ? new DiagnosticEndpoint(name) : null;
    }

    /// <summary>Finds the endpoint of a process, even in a container or with its own temporary folder.</summary>
    /// <returns>Null if it has none, or only one left behind by an earlier process with the same id or by an earlier program.</returns>
    public static DiagnosticEndpoint? Find(LinuxProcess process)
    {
        // The number after the id is the start time of the process, so the name fits no other process.
        var name = NameOf(process);
        var sockets = new Lazy<IReadOnlyList<UnixSocket>?>(() => UnixSockets.Listening(process));
        var byName = FoldersOf(process).Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(path => File.Exists(path) && IsOwnedBy(process, path) && IsListening(name, sockets.Value));
        if (byName is not null)
            return new DiagnosticEndpoint(byName, process);
        return RuntimeDetector.Detect(process) != RuntimeKind.None && FindListening(process, sockets.Value) is { } path ? new DiagnosticEndpoint(path, process) : null;
    }

    /// <summary>Whether a socket of the process exists that nothing listens on: another program runs in the process now.</summary>
    public static bool HasAbandonedSocket(LinuxProcess process) => FoldersOf(process).Any(folder => File.Exists(Path.Combine(folder, NameOf(process))));

    /// <summary>A socket with the process's name that belongs to another user; null if there is none.</summary>
    public static string? ForeignSocket(LinuxProcess process) =>
        FoldersOf(process).Select(folder => Path.Combine(folder, NameOf(process))).FirstOrDefault(path => File.Exists(path) && !IsOwnedBy(process, path));

    /// <summary>Whether a socket has the process's id and another start time: its owner was killed, and the id was used again.</summary>
    public static bool HasStaleSocket(LinuxProcess process) =>
        Find(process) is null && FoldersOf(process).Any(folder => SocketsOf(process.NamespaceId, folder).Length > 0);

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nothing listens, or this user is not allowed to connect.</exception>
    /// <exception cref="TargetException">Another process listens.</exception>
    public async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new NamedPipeClientStream(".", Address, PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(cancellation);
            return pipe;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Address), cancellation);
            ThrowIfForeign(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request on its own connection.</summary>
    public async Task<T> AskAsync<T>(Func<Stream, CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        return await request(connection, cancellation);
    }

    /// <summary>
    /// Whether the client package can use the address: its parser treats commas as separators and escapes characters that are special in a
    /// URI, such as spaces.
    /// </summary>
    public bool IsUsable => OperatingSystem.IsWindows()
        || (Address.Length <= LongestPath && !Address.Contains(',') && new Uri("file://" + Address).AbsolutePath == Address);

    /// <summary>
    /// A client for this endpoint. A client created from the process id would not find the socket in another mount namespace (a service with
    /// a private /tmp), and fails if the kernel hides the process's environment.
    /// </summary>
    public async Task<DiagnosticsClient> CreateClientAsync(int processId)
    {
        if (OperatingSystem.IsWindows())
            return new DiagnosticsClient(processId);
        // A connector in connect mode owns nothing, so there is nothing to dispose.
        var connector = await DiagnosticsClientConnector.FromDiagnosticPort(Address + ",connect", CancellationToken.None);
        return connector.Instance;
    }

    /// <summary>Anybody can create a socket in a shared folder: only the kernel knows for certain who listens.</summary>
    private void ThrowIfForeign(Socket socket)
    {
        if (Process is null || PeerProcess.Of(socket) is not { } peer || (Process.Owners.Contains(peer.UserId) && (peer.Id == 0 || peer.Id == Process.Id)))
            return;
        throw new TargetException(
            TargetError.PermissionDenied,
            Invariant($"The diagnostic socket {Address} is not that of process {Process.Id}: process {peer.Id} of user {Users.NameOf(peer.UserId)} listens on it."));
    }

    private static string[] Pipes()
    {
        try
        {
            return [.. Directory.EnumerateFiles(NamedPipePort.Folder).Select(path => Path.GetFileName(path))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string NameOf(LinuxProcess process) => Invariant($"dotnet-diagnostic-{process.NamespaceId}-{process.StartTicks}-socket");

    private static bool IsOwnedBy(LinuxProcess process, string path) => NativeMethods.OwnerOf(path) is { } owner && process.Owners.Contains(owner);

    /// <summary>If the kernel does not list sockets, the existence of the file has to suffice.</summary>
    private static bool IsListening(string name, IReadOnlyList<UnixSocket>? sockets) =>
        sockets is null || sockets.Any(socket => Path.GetFileName(socket.Path) == name);

    /// <summary>
    /// Finds the socket in the kernel's list. The list has its folder even if the process's environment cannot be read, and its name even if the process sees
    /// another start time (in a time namespace or an emulator); in that case the process must have it open.
    /// </summary>
    private static string? FindListening(LinuxProcess process, IReadOnlyList<UnixSocket>? sockets)
    {
        var prefix = Invariant($"dotnet-diagnostic-{process.NamespaceId}-");
        var name = NameOf(process);
        return (sockets ?? [])
            .Where(socket => Path.GetFileName(socket.Path) is { } file && (file == name || (file.StartsWith(prefix, StringComparison.Ordinal) && file.EndsWith("-socket", StringComparison.Ordinal) && process.HasSocket(socket.Inode))))
            .SelectMany(socket => PathsOf(process, socket.Path))
            .FirstOrDefault(path => File.Exists(path) && IsOwnedBy(process, path));
    }

    private static IEnumerable<string> PathsOf(LinuxProcess process, string path)
    {
        if (process.NamespaceId == process.Id)
            yield return path;
        yield return process.RootFolder + Path.GetFullPath(path, "/");
    }

    private static IEnumerable<string> FoldersOf(LinuxProcess process)
    {
        var folder = process.Variable("TMPDIR") is { Length: > 0 } variable ? variable : "/tmp";
        if (process.NamespaceId == process.Id)
        {
            yield return folder;
            if (!process.HasReadableEnvironment)
                yield return Path.GetTempPath();
        }

        yield return process.RootFolder + Path.GetFullPath(folder, "/");
    }

    private static string[] SocketsOf(int processId, string folder)
    {
        try
        {
            return Directory.GetFiles(folder, Invariant($"dotnet-diagnostic-{processId}-*-socket"));
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return [];
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
