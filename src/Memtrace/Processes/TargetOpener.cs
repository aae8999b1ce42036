using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>Opens targets: by id, through a diagnostic port, or by launching a command.</summary>
internal static class TargetOpener
{
    /// <summary>The time limit of each request to a launched process.</summary>
    private static readonly TimeSpan LaunchedTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for a runtime to connect after the command that started it has exited (<c>app &amp;</c>).</summary>
    private static readonly TimeSpan ConnectGracePeriod = TimeSpan.FromMilliseconds(300);

    public static async Task<Target> AttachAsync(int processId, TimeSpan timeout, CancellationToken cancellation)
    {
        var identity = TargetIdentity.Find(processId);
        var endpoint = identity.FindEndpoint();
        var info = await identity.AskAsync(
            token => endpoint.AskAsync(DiagnosticIpc.GetRuntimeInfoAsync, token), timeout, cancellation);
        return new Target(identity, await endpoint.CreateClientAsync(processId), identity.Describe(info), timeout, ResumeAt(endpoint)) { Endpoint = endpoint };
    }

    public static async Task<Target> ConnectAsync(string diagnosticPort, TimeSpan timeout, CancellationToken cancellation)
    {
        var port = DiagnosticPort.Parse(diagnosticPort);
        var endpoint = new DiagnosticEndpoint(port.Address);
        if (!endpoint.IsUsable)
            throw new TargetException(TargetError.PortUnavailable, $"{port.Address} cannot be used as a diagnostic port. Choose a short path without spaces.");
        if (port.IsListening)
            return await ListenAsync(port, timeout, cancellation);
        var (info, peer) = await new TargetIdentity(0, "", null).AskAsync(token => IdentifyAsync(endpoint, token), timeout, cancellation);
        var identity = TargetIdentity.OfPeer(peer?.Id ?? info?.ProcessId ?? 0, info);
        if (identity.ProcessId == 0 && peer is not null && !IsTrusted(peer))
        {
            throw new TargetException(
                TargetError.PermissionDenied,
                $"A process of user {Users.NameOf(peer.UserId)} answers at {port.Address}, and it is not the runtime that it claims to be. Run as that user if you trust it.");
        }

        return new Target(identity, await endpoint.CreateClientAsync(identity.ProcessId), identity.Describe(info), timeout, ResumeAt(endpoint)) { Endpoint = endpoint };
    }

    public static async Task<Target> LaunchAsync(IReadOnlyList<string> command, CommandStreams streams, CancellationToken cancellation)
    {
        var listener = await DiagnosticPortListener.StartAsync();
        LaunchedCommand? launched = null;
        try
        {
            launched = LaunchedCommand.Start(command, listener.Address, streams, TimeProvider.System);
            var runtime = await FirstRuntimeAsync(listener, launched, command[0], cancellation);
            return await OpenSuspendedAsync(runtime, listener, launched, LaunchedTimeout, cancellation);
        }
        catch
        {
            launched?.Send(NativeMethods.SigTerm);
            await listener.DisposeAsync();
            launched?.Dispose();
            throw;
        }
    }

    private static async Task<Target> ListenAsync(DiagnosticPort port, TimeSpan timeout, CancellationToken cancellation)
    {
        var listener = await DiagnosticPortListener.StartAsync(port.Address);
        try
        {
            var runtime = await listener.First.WaitAsync(cancellation);
            var isReachable = DiagnosticEndpoint.Find(runtime.ProcessId) is not null;
            return isReachable
                ? await OpenSuspendedAsync(runtime, listener, null, timeout, cancellation)
                : await HandOverAsync(runtime, listener, timeout, cancellation);
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a runtime that is suspended at our port. Requests go to its default port; only resuming needs ours.</summary>
    private static async Task<Target> OpenSuspendedAsync(
        ReversedRuntime runtime, DiagnosticPortListener listener, LaunchedCommand? command, TimeSpan timeout, CancellationToken cancellation)
    {
        var identity = TargetIdentity.Find(runtime.ProcessId);
        var endpoint = identity.FindEndpoint();
        var info = await identity.AskAsync(
            token => endpoint.AskAsync(DiagnosticIpc.GetRuntimeInfoAsync, token), timeout, cancellation);
        var client = await endpoint.CreateClientAsync(runtime.ProcessId);
        return new Target(identity, client, identity.Describe(info), timeout, runtime.ResumeAsync, command)
        {
            StartsSuspended = true,
            Owned = listener,
            Endpoint = endpoint,
        };
    }

    /// <summary>
    /// Leaves our port to the client's own listener. If the runtime's default port cannot be reached, as in another container that shares only
    /// the port's folder, requests must use the connections that the runtime makes, which only the client supports.
    /// </summary>
    private static async Task<Target> HandOverAsync(
        ReversedRuntime runtime, DiagnosticPortListener listener, TimeSpan timeout, CancellationToken cancellation)
    {
        var info = await new TargetIdentity(0, "", null).AskAsync(runtime.GetInfoAsync, timeout, cancellation);
        await listener.CloseAsync();
        var connector = await DiagnosticsClientConnector.FromDiagnosticPort($"{listener.Address},listen", cancellation)
            ?? throw new OperationCanceledException(cancellation);
        var identity = TargetIdentity.OfPeer(runtime.ProcessId, info);
        Task ResumeAsync(CancellationToken token) => Task.Run(connector.Instance.ResumeRuntime, token).WaitAsync(token);
        return new Target(identity, connector.Instance, identity.Describe(info), timeout, ResumeAsync)
        {
            StartsSuspended = true,
            Owned = connector,
        };
    }

    private static Func<CancellationToken, Task> ResumeAt(DiagnosticEndpoint endpoint) =>
        token => endpoint.AskAsync(DiagnosticIpc.ResumeAsync, token);

    /// <summary>What a proxy of another user says about a process cannot be checked.</summary>
    private static bool IsTrusted(PeerProcess peer) => peer.UserId == 0 || peer.UserId == LinuxProcess.Self()?.UserId;

    private static async Task<(RuntimeInfo? Info, PeerProcess? Peer)> IdentifyAsync(DiagnosticEndpoint endpoint, CancellationToken cancellation)
    {
        await using var connection = await endpoint.ConnectAsync(cancellation);
        var info = await DiagnosticIpc.GetRuntimeInfoAsync(connection, cancellation);
        return (info, (connection as NetworkStream)?.Socket is { } socket ? PeerProcess.Of(socket) : null);
    }

    private static async Task<ReversedRuntime> FirstRuntimeAsync(
        DiagnosticPortListener listener, LaunchedCommand command, string name, CancellationToken cancellation)
    {
        await Task.WhenAny(listener.First, command.Exit).WaitAsync(cancellation);
        if (!listener.First.IsCompleted)
            await Task.WhenAny(listener.First, Task.Delay(ConnectGracePeriod, cancellation));
        if (listener.First.IsCompleted)
            return await listener.First;
        var end = await command.Exit switch
        {
            { Signal: { } signal } => $"was terminated by signal {signal}",
            { ExitCode: { } code } => $"exited with code {code}",
            _ => "exited",
        };
        throw new TargetException(
            TargetError.NeverConnected,
            $"{name} {end} before a .NET runtime started in it. "
                + (command.Errors is { } errors ? $"Its standard error: {errors}" : "Is it a .NET program, and are diagnostics enabled (DOTNET_EnableDiagnostics)?"));
    }
}
