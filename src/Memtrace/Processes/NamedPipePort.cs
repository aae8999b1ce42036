using System.IO.Pipes;

namespace Memtrace.Processes;

/// <summary>A named pipe that runtimes connect to, as they do on Windows. Only this user can connect.</summary>
internal sealed class NamedPipePort : ReversePort
{
    /// <summary>The folder of all named pipes on Windows.</summary>
    public const string Folder = @"\\.\pipe\";

    private const PipeOptions Options = PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly;

    // A runtime must find an instance of the pipe at any time, so the next one is there before a connection is passed on.
    private NamedPipeServerStream _next;

    private NamedPipePort(string name, NamedPipeServerStream first) => (Address, _next) = (name, first);

    /// <inheritdoc/>
    public override string Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="name">The pipe's name, with or without <c>\\.\pipe\</c>; null for a new one.</param>
    /// <exception cref="TargetException">Cannot listen there, such as because another process does.</exception>
    public static NamedPipePort Open(string? name)
    {
        name ??= $"memtrace-{Path.GetRandomFileName()}";
        if (name.StartsWith(Folder, StringComparison.OrdinalIgnoreCase))
            name = name[Folder.Length..];
        try
        {
            return new NamedPipePort(name, Create(name, Options | PipeOptions.FirstPipeInstance));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unavailable(name, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task<ReverseConnection> AcceptAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var connected = _next;
            var isOpen = await WaitAsync(connected, cancellation);
            _next = Create(Address, Options);
            if (isOpen)
                return new ReverseConnection(connected, ProcessId: null);
            await connected.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _next.Dispose();

    // False if the other end closed its connection before this end noticed it.
    private static async Task<bool> WaitAsync(NamedPipeServerStream pipe, CancellationToken cancellation)
    {
        try
        {
            await pipe.WaitForConnectionAsync(cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static NamedPipeServerStream Create(string name, PipeOptions options) =>
        new(name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, options);
}
