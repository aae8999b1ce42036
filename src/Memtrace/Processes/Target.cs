using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>
/// A .NET process that can be asked: attached to, come upon at a diagnostic port, or launched. All members may be used from any thread.
/// </summary>
public sealed class Target : IAsyncDisposable
{
    private readonly TargetIdentity _identity;
    private readonly TimeSpan _timeout;
    private readonly LaunchedCommand? _command;
    private readonly Func<CancellationToken, Task> _resume;
    private readonly ExitWatch? _watch;
    private readonly CancellationTokenSource _disposed = new();

    /// <param name="identity">Which process it is.</param>
    /// <param name="client">Asks its runtime.</param>
    /// <param name="description">What it is.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="resume">Lets the runtime go on.</param>
    /// <param name="command">The command that was launched, if one was.</param>
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
        _watch = identity.ProcessId != 0 ? ExitWatch.Open(identity.ProcessId) : null;
        Client = client;
        Description = description;
        StartedAt = OperatingSystem.IsLinux() && identity.ProcessId != 0 ? LinuxProcess.Open(identity.ProcessId)?.StartedAt : null;
        Exit = WaitForExitAsync(_disposed.Token);
    }

    /// <summary>The process's id as seen from here; 0 if it runs where it cannot be seen, as in another container.</summary>
    public int ProcessId => _identity.ProcessId;

    /// <summary>Asks the runtime. Better used through <c>AskAsync</c>, which limits the wait and explains failures.</summary>
    public DiagnosticsClient Client { get; }

    /// <summary>What the target is.</summary>
    public TargetDescription Description { get; }

    /// <summary>When it started; null where that is not known.</summary>
    public DateTimeOffset? StartedAt { get; }

    /// <summary>Whether it was started by <see cref="LaunchAsync"/>.</summary>
    public bool IsLaunched => _command is not null;

    /// <summary>Whether it waits at its first instruction for <see cref="ResumeAsync"/>. One that was attached to may wait without this being known.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>
    /// Completes when the process is gone. It is cancelled if this object is disposed before, which is also all that happens where the
    /// process cannot be seen (<see cref="ProcessId"/> is 0).
    /// </summary>
    /// <remarks>How a process ended that we did not start is known on Linux 6.15 and later.</remarks>
    public Task<TargetExit> Exit { get; }

    /// <summary>
    /// Completes when the launched command has ended; null if nothing was launched. The command is the target itself, unless it is a shell
    /// or another program that has started the target.
    /// </summary>
    public Task<TargetExit>? CommandExit => _command?.Exit;

    /// <summary>Where its runtime can be asked without the client package; null where only the client's own connections reach it.</summary>
    internal DiagnosticEndpoint? Endpoint { get; init; }

    /// <summary>What is to be disposed with this, such as a listener.</summary>
    internal IAsyncDisposable? Owned { get; init; }

    /// <summary>Whether it is known to wait at its start.</summary>
    internal bool StartsSuspended
    {
        init => IsSuspended = value;
    }

    /// <summary>Attaches to a running process and makes sure that it answers.</summary>
    /// <param name="processId">Its id, as seen from here; it may run in a container.</param>
    /// <param name="timeout">How long it may take for this and for each later answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="TargetException">It cannot be attached to.</exception>
    public static Task<Target> AttachAsync(int processId, TimeSpan timeout, CancellationToken ct) => TargetOpener.AttachAsync(processId, timeout, ct);

    /// <summary>Connects through a diagnostic port.</summary>
    /// <param name="diagnosticPort"><c>PATH[,listen|connect]</c>: to listen there, by default, until a runtime comes, or to connect to a runtime that listens there.</param>
    /// <param name="timeout">How long the runtime may take for each answer. For a runtime to come to a port there is no limit.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="TargetException">The port cannot be used, or the runtime does not answer.</exception>
    public static Task<Target> ConnectAsync(string diagnosticPort, TimeSpan timeout, CancellationToken ct) =>
        TargetOpener.ConnectAsync(diagnosticPort, timeout, ct);

    /// <summary>Starts a command. The first .NET runtime in it is the target, suspended at its first instruction; later ones run freely.</summary>
    /// <param name="command">A program and its arguments.</param>
    /// <param name="showChildIo">Whether it shares our console; else its output is thrown away and its input is empty.</param>
    /// <param name="ct">Gives up; the command is told to end.</param>
    /// <exception cref="TargetException">It cannot be started, or ended before a runtime started in it.</exception>
    public static Task<Target> LaunchAsync(IReadOnlyList<string> command, bool showChildIo, CancellationToken ct) =>
        TargetOpener.LaunchAsync(command, showChildIo, ct);

    /// <summary>
    /// Lets a runtime go on that waits at its start; does nothing to one that runs. The children of a launched process do not wait.
    /// </summary>
    /// <exception cref="TargetException">It does not answer.</exception>
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

    /// <summary>Asks the runtime one question, waits no longer than the time-out, and explains a failure.</summary>
    /// <param name="question">One call of the client. It has to heed the token.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="TargetException">No answer came, or a bad one; the message says why.</exception>
    public Task<T> AskAsync<T>(Func<DiagnosticsClient, CancellationToken, Task<T>> question, CancellationToken ct) =>
        AskAsync(question, _timeout, ct);

    /// <summary>Asks the runtime a question that takes its time.</summary>
    /// <param name="question">One call of the client. It has to heed the token.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="TargetException">No answer came, or a bad one; the message says why.</exception>
    public Task<T> AskAsync<T>(Func<DiagnosticsClient, CancellationToken, Task<T>> question, TimeSpan timeout, CancellationToken ct) =>
        _identity.AskAsync(token => question(Client, token), timeout, ct);

    /// <summary>Asks the runtime a question that the client package does not know, on a connection of its own.</summary>
    /// <param name="endpoint">Its <see cref="Endpoint"/>.</param>
    /// <param name="question">Asks. The connection is the question's to close.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="TargetException">No answer came, or a bad one; the message says why.</exception>
    internal Task<T> AskAsync<T>(DiagnosticEndpoint endpoint, Func<Stream, CancellationToken, Task<T>> question, TimeSpan timeout, CancellationToken ct) =>
        _identity.AskAsync(async token => await question(await endpoint.ConnectAsync(token), token), timeout, ct);

    /// <summary>Asks what was launched to end (SIGTERM; on Windows it is killed). Does nothing to a process that was not launched.</summary>
    public void Terminate() => Send(NativeMethods.SigTerm);

    /// <summary>Kills what was launched. Does nothing to a process that was not launched.</summary>
    public void Kill() => Send(NativeMethods.SigKill);

    /// <summary>Lets go of the process, which goes on, also if it was suspended. A launched command is not ended.</summary>
    /// <remarks>A shell that starts further runtimes after this makes them wait for ever, so dispose only when <see cref="CommandExit"/> is complete.</remarks>
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

    private void Send(int signal)
    {
        if (_command is null)
            return;
        // The command may be a shell, which does not pass a signal on.
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
