using System.Threading.Channels;

namespace Memtrace.Processes;

/// <summary>
/// A runtime that has connected to our diagnostic port. It accepts one request per connection and then connects again.
/// </summary>
/// <param name="processId">Its process id, as seen from here; 0 if it is not visible.</param>
internal sealed class ReversedRuntime(int processId) : IDisposable
{
    /// <summary>The variable that makes a runtime connect to our port, and its children too unless it is cleared.</summary>
    public const string PortVariable = "DOTNET_DiagnosticPorts";

    private readonly Channel<Stream> _connections = Channel.CreateUnbounded<Stream>();
    private readonly Lock _lock = new();
    private Task? _resumed;

    public int ProcessId { get; } = processId;

    /// <summary>Takes ownership of one of its connections.</summary>
    public void Add(Stream connection)
    {
        if (!_connections.Writer.TryWrite(connection))
            connection.Dispose();
    }

    /// <summary>Asks it for its process information.</summary>
    public async Task<RuntimeInfo?> GetInfoAsync(CancellationToken cancellation)
    {
        await using var connection = await _connections.Reader.ReadAsync(cancellation);
        return await DiagnosticIpc.GetRuntimeInfoAsync(connection, cancellation);
    }

    /// <summary>Resumes it, once. Its children will not connect to our port.</summary>
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
