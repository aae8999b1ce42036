namespace Memtrace.Processes;

/// <summary>An address that runtimes connect to: a Unix socket, or a named pipe on Windows.</summary>
internal abstract class ReversePort : IDisposable
{
    /// <summary>The socket's path, or the pipe's name: as the runtime's variable and the client library expect it.</summary>
    public abstract string Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="address">The address; null for a private one.</param>
    /// <exception cref="TargetException">Cannot listen there.</exception>
    public static async Task<ReversePort> OpenAsync(string? address) =>
        OperatingSystem.IsWindows() ? NamedPipePort.Open(address) : await UnixSocketPort.BindAsync(address);

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">The port is closed.</exception>
    public abstract Task<ReverseConnection> AcceptAsync(CancellationToken cancellation);

    /// <summary>Stops listening, and removes the address.</summary>
    public abstract void Dispose();

    /// <summary>What to throw if it cannot listen.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cause">The reason.</param>
    protected static TargetException Unavailable(string address, Exception cause) =>
        new(TargetError.PortUnavailable, $"Cannot listen on {address}: {cause.Message.TrimEnd('.')}. Choose another path.", cause);
}

/// <summary>A connection that a runtime has made.</summary>
/// <param name="Stream">The connection. Its owner disposes it.</param>
/// <param name="ProcessId">The process at its other end as the kernel knows it; null if the kernel does not say.</param>
internal sealed record ReverseConnection(Stream Stream, int? ProcessId);
