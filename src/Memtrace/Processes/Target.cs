using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>
/// A .NET process to send requests to: attached to by id, connected through a diagnostic port, or launched. Thread-safe.
/// </summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly TargetIdentity _identity;
    private readonly TimeSpan _timeout;
    private readonly LaunchedCommand? _command;
    private readonly Func<CancellationToken, Task> _resume;
    private readonly ExitWatch? _watch;
    private readonly CancellationTokenSource _disposed = new();

    /// <param name="identity">Identifies the process.</param>
    /// <param name="client">The client of its runtime.</param>
    /// <param name="description">Its description.</param>
    /// <param name="timeout">The time limit of each request.</param>
    /// <param name="resume">Resumes the runtime.</param>
    /// <param name="command">The command that was launched, if any.</param>
    internal Target(
        TargetIdentity identity,
        DiagnosticsClient client,
        TargetDescription description,
        TimeSpan timeout,
        Func<CancellationToken, Task> resume,
        LaunchedCommand? command = null)
    {
        _command = command;
        _resume = resume;
        _identity = identity;
        _timeout = timeout;
        _watch = identity.ProcessId != 0 ? ExitWatch.Open(identity.ProcessId, TimeProvider.System) : null;
        Client = client;
        Description = description;
        StartedAt = OperatingSystem.IsLinux() && identity.ProcessId != 0 ? LinuxProcess.Open(identity.ProcessId)?.StartedAt : null;
        Exit = WaitForExitAsync(_disposed.Token);
    }

    /// <summary>The process id as seen from here; 0 if the process is not visible, as in another container.</summary>
    public int ProcessId => _identity.ProcessId;

    /// <summary>The client of the runtime. Prefer <c>AskAsync</c>, which limits the wait and explains failures.</summary>
    public DiagnosticsClient Client { get; }

    /// <summary>The target's description.</summary>
    public TargetDescription Description { get; }

    /// <summary>When it started; null if unknown.</summary>
    public DateTimeOffset? StartedAt { get; }

    /// <summary>Whether it was started by <see cref="LaunchAsync"/>.</summary>
    public bool IsLaunched => _command is not null;

    /// <summary>Whether it is known to be suspended at startup until <see cref="ResumeAsync"/>. A process attached to by id may be suspended too.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>
    /// Completes when the process is gone; canceled if this object is disposed first. For a process that is not visible
    /// (<see cref="ProcessId"/> is 0) it never completes otherwise.
    /// </summary>
    /// <remarks>The exit status of a process that was not launched from here is known on Linux 6.15 and later.</remarks>
    public Task<TargetExit> Exit { get; }

    /// <summary>
    /// Completes when the launched command has exited; null if nothing was launched. The command is the target itself, unless it is a shell
    /// or another program that started the target.
    /// </summary>
    public Task<TargetExit>? CommandExit => _command?.Exit;

    /// <summary>The last lines of the standard error of the launched command; null if it wrote none, or if they are on our console.</summary>
    public string? CommandErrors => _command?.Errors;

    /// <summary>The programs of the runtimes that the launched command started after the first.</summary>
    public IReadOnlyList<StartedProgram> LaterPrograms => IsLaunched && Owned is DiagnosticPortListener port ? port.Later : [];

    /// <summary>The endpoint, for requests that the client package does not know; null if only the client's own connections reach the runtime.</summary>
    internal DiagnosticEndpoint? Endpoint { get; init; }

    /// <summary>Disposed together with the target, such as a listener.</summary>
    internal IAsyncDisposable? Owned { get; init; }

    /// <summary>Whether it is known to be suspended at startup.</summary>
    internal bool StartsSuspended
    {
        init => IsSuspended = value;
    }

    /// <summary>Attaches to a running process and verifies that it responds.</summary>
    /// <param name="processId">Its id, as seen from here; it may run in a container.</param>
    /// <param name="timeout">The time limit of this and each later request.</param>
    /// <param name="ct">Cancels the attempt.</param>
    /// <exception cref="TargetException">It cannot be attached to.</exception>
    public static Task<Target> AttachAsync(int processId, TimeSpan timeout, CancellationToken ct) => TargetOpener.AttachAsync(processId, timeout, ct);

    /// <summary>Connects through a diagnostic port.</summary>
    /// <param name="diagnosticPort"><c>PATH[,listen|connect]</c>: listen there until a runtime connects (the default), or connect to a runtime that listens there.</param>
    /// <param name="timeout">The time limit of each request. Waiting for a runtime to connect has no limit.</param>
    /// <param name="ct">Cancels the attempt.</param>
    /// <exception cref="TargetException">The port cannot be used, or the runtime does not respond.</exception>
    public static Task<Target> ConnectAsync(string diagnosticPort, TimeSpan timeout, CancellationToken ct) =>
        TargetOpener.ConnectAsync(diagnosticPort, timeout, ct);

    /// <summary>Starts a command. The first .NET runtime in it is the target, suspended at startup; later ones run freely.</summary>
    /// <param name="command">A program and its arguments.</param>
    /// <param name="streams">Where its standard streams lead.</param>
    /// <param name="ct">Cancels the attempt and terminates the command.</param>
    /// <exception cref="TargetException">It cannot be started, or exited before a runtime started in it.</exception>
    public static Task<Target> LaunchAsync(IReadOnlyList<string> command, CommandStreams streams, CancellationToken ct) =>
        TargetOpener.LaunchAsync(command, streams, ct);

    /// <summary>
    /// Resumes a runtime that is suspended at startup; has no effect on a running one. Children of a launched process are not suspended.
    /// </summary>
    /// <exception cref="TargetException">It does not respond.</exception>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await _identity.AskAsync(
            async token =>
            {
                await _resume(token);
                return true;
            },
            _timeout,
            ct);
        IsSuspended = false;
    }

    /// <summary>Sends the runtime one request, within the time limit, and explains a failure.</summary>
    /// <param name="request">One call of the client. It must observe the token.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="TargetException">The request failed; the message says why.</exception>
    public Task<T> AskAsync<T>(Func<DiagnosticsClient, CancellationToken, Task<T>> request, CancellationToken ct) =>
        AskAsync(request, _timeout, ct);

    /// <summary>Sends the runtime one request with its own time limit.</summary>
    /// <param name="request">One call of the client. It must observe the token.</param>
    /// <param name="timeout">The time limit.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="TargetException">The request failed; the message says why.</exception>
    public Task<T> AskAsync<T>(Func<DiagnosticsClient, CancellationToken, Task<T>> request, TimeSpan timeout, CancellationToken ct) =>
        _identity.AskAsync(token => request(Client, token), timeout, ct);

    /// <summary>Sends the runtime a request that the client package does not know, on a new connection.</summary>
    /// <param name="endpoint">The <see cref="Endpoint"/>.</param>
    /// <param name="request">Sends it. It closes the connection.</param>
    /// <param name="timeout">The time limit.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="TargetException">The request failed; the message says why.</exception>
    internal Task<T> AskAsync<T>(DiagnosticEndpoint endpoint, Func<Stream, CancellationToken, Task<T>> request, TimeSpan timeout, CancellationToken ct) =>
        _identity.AskAsync(async token => await request(await endpoint.ConnectAsync(token), token), timeout, ct);

    /// <summary>Terminates the launched process (SIGTERM; on Windows it is killed). Has no effect if nothing was launched.</summary>
    public void Terminate() => Send(NativeMethods.SigTerm);

    /// <summary>Kills the launched process. Has no effect if nothing was launched.</summary>
    public void Kill() => Send(NativeMethods.SigKill);

    /// <summary>Detaches from the process, which keeps running; a suspended one is resumed. A launched command is not terminated.</summary>
    /// <remarks>Runtimes that a launched shell starts after this stay suspended, so dispose only when <see cref="CommandExit"/> is complete.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
            return;
        await _disposed.CancelAsync();
        if (Owned is not null)
            await Owned.DisposeAsync();
        _watch?.Dispose();
        _command?.Dispose();
        _disposed.Dispose();
    }

    /// <summary>Waits until the process has exited, but no longer than a limit. A process that exits closes its connections first.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether it has exited.</returns>
    public async Task<bool> ExitsWithinAsync(TimeSpan limit, TimeProvider time) => await Task.WhenAny(Exit, Task.Delay(limit, time)) == Exit;

    private void Send(int signal)
    {
        if (_command is null)
            return;
        // The command may be a shell, which does not forward signals.
        _watch?.Send(signal);
        if (_command.ProcessId != ProcessId)
            _command.Send(signal);
    }

    private async Task<TargetExit> WaitForExitAsync(CancellationToken disposed)
    {
        if (ProcessId == 0)
            await Task.Delay(Timeout.Infinite, disposed);
        var exit = _watch is null ? TargetExit.Unknown : await _watch.Exit.WaitAsync(disposed);
        return exit == TargetExit.Unknown && _command is { } command && command.ProcessId == ProcessId ? await command.Exit.WaitAsync(disposed) : exit;
    }
}
