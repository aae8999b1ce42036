using System.Buffers.Binary;
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

    /// <summary>A command can start programs without end.</summary>
    private const int MostLater = 1000;

    private readonly ReversePort _port;
    private readonly Dictionary<Guid, ReversedRuntime> _runtimes = [];
    private readonly List<StartedProgram> _later = [];
    private readonly TaskCompletionSource<ReversedRuntime> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposed = new();
    private readonly List<Task> _handling = [];
    private readonly Task _accepting;

    private DiagnosticPortListener(ReversePort port)
    {
        _port = port;
        _accepting = AcceptAsync();
    }

    /// <summary>The address that it listens on.</summary>
    public string Address => _port.Address;

    /// <summary>The first runtime that connected.</summary>
    public Task<ReversedRuntime> First => _first.Task;

    /// <summary>The programs of the runtimes that connected after the first, in this order, a thousand at most; none on systems that do not show command lines.</summary>
    public IReadOnlyList<StartedProgram> Later
    {
        get
        {
            lock (_runtimes)
                return [.. _later];
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="address">The socket's path, or the pipe's name on Windows; null for a private one.</param>
    /// <exception cref="TargetException">Cannot listen there.</exception>
    public static async Task<DiagnosticPortListener> StartAsync(string? address = null) => StartAt(await ReversePort.OpenAsync(address));

    /// <summary>Starts to listen.</summary>
    /// <param name="port">The port, which it owns.</param>
    public static DiagnosticPortListener StartAt(ReversePort port) => new(port);

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
        await Task.WhenAll(_handling);
        foreach (var runtime in Runtimes())
            runtime.Dispose();
        _port.Dispose();
        _first.TrySetCanceled();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _port.AcceptAsync(_disposed.Token);
                _handling.RemoveAll(handled => handled.IsCompleted);
                _handling.Add(HandleConnectionAsync(connection));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
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

    private async Task HandleConnectionAsync(ReverseConnection accepted)
    {
        var connection = accepted.Stream;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
            timeout.CancelAfter(ResponseTimeout);
            var advertise = new byte[AdvertiseSize];
            await connection.ReadExactlyAsync(advertise, timeout.Token);
            if (!advertise.AsSpan().StartsWith("ADVR_V1\0"u8))
                throw new InvalidDataException("Not a runtime.");
            var cookie = new Guid(advertise.AsSpan(CookieOffset, 16));
            var claimed = (int)BinaryPrimitives.ReadInt64LittleEndian(advertise.AsSpan(ProcessIdOffset));
            await RegisterAsync(cookie, accepted.ProcessId ?? claimed, connection);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidDataException)
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
            await ReleaseLaterAsync(runtime);
    }

    // Suspended, it cannot have exited yet.
    private async Task ReleaseLaterAsync(ReversedRuntime runtime)
    {
        if (StartedPrograms.Open(runtime.ProcessId) is { } program)
        {
            lock (_runtimes)
            {
                if (_later.Count < MostLater)
                    _later.Add(program);
            }
        }

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
