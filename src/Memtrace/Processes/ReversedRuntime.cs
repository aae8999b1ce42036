using System.Threading.Channels;

namespace Memtrace.Processes;

/// <summary>
/// A runtime that came to our diagnostic port. It takes one request on each of its connections and comes again with another.
/// </summary>
/// <param name="processId">Its process, as seen from here; 0 if that cannot be seen.</param>
internal sealed class ReversedRuntime(int processId) : IDisposable
{
    /// <summary>The variable that leads a runtime to our port, and its children too unless it is cleared.</summary>
    public const string PortVariable = "DOTNET_DiagnosticPorts";

    private readonly Channel<Stream> _connections = Channel.CreateUnbounded<Stream>();
    private readonly Lock _lock = new();
    private Task? _resumed;

    public int ProcessId { get; } = processId;

    /// <summary>Takes over one of its connections.</summary>
    public void Add(Stream connection)
    {
        if (!_connections.Writer.TryWrite(connection))
            connection.Dispose();
    }

    /// <summary>Asks it what it is.</summary>
    public async Task<RuntimeInfo?> GetInfoAsync(CancellationToken cancellation)
    {
        await using var connection = await _connections.Reader.ReadAsync(cancellation);
        return await DiagnosticIpc.GetRuntimeInfoAsync(connection, cancellation);
    }

    /// <summary>Lets it go on, once; its own children will not wait at our port.</summary>
    public Task ResumeAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return _resumed is null or { IsFaulted: true } or { IsCanceled: true } ? _resumed = ResumeOnceAsync(cancellation) : _resumed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Writer.TryComplete();
        while (_connections.Reader.TryRead(out var connection))
            connection.Dispose();
    }

    private async Task ResumeOnceAsync(CancellationToken cancellation)
    {
        await using (var connection = await _connections.Reader.ReadAsync(cancellation))
            await DiagnosticIpc.ClearVariableAsync(connection, PortVariable, cancellation);
        await using (var connection = await _connections.Reader.ReadAsync(cancellation))
            await DiagnosticIpc.ResumeAsync(connection, cancellation);
    }
}
