using System.Globalization;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>Turns a failure of a request into one line for a person.</summary>
internal static class TargetFailure
{
    /// <summary>Whether connecting or a request can fail with this.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is DiagnosticsClientException or SocketException or IOException or UnauthorizedAccessException or InvalidDataException;

    public static TargetException NotRunning(int processId) => new(TargetError.NotRunning, Invariant($"Process {processId} is not running."));

    /// <summary>The process did not respond in time.</summary>
    public static TargetException NoAnswer(TargetIdentity target, TimeSpan timeout)
    {
        var reason = target.Process is not null && LinuxProcess.Open(target.ProcessId) is { IsStopped: true }
            ? "it is stopped (SIGSTOP); resume it with kill -CONT"
            : "it hangs or is too busy";
        return new(TargetError.NoAnswer, Invariant($"{Title(target)} did not respond within {timeout.TotalSeconds:0.#} s: {reason}."));
    }

    /// <summary>There is an obstacle.</summary>
    public static TargetException From(TargetIdentity target, Obstacle obstacle, Exception? exception = null) =>
        new(obstacle.Error, $"{Title(target)} {obstacle.Reason}.", exception);

    /// <summary>A request failed.</summary>
    public static TargetException From(TargetIdentity target, Exception exception) =>
        From(target, exception is ServerErrorException ? Refusal(exception) : FindObstacle(target) ?? FromConnection(exception), exception);

    private static Obstacle Refusal(Exception exception) =>
        new(TargetError.RequestRefused, $"refuses the request: {exception.Message.TrimEnd('.')}");

    /// <summary>An obstacle found now explains more than the exception.</summary>
    private static Obstacle? FindObstacle(TargetIdentity target)
    {
        if (target.Process is null)
            return null;
        return target.Process.Refresh() is { } now ? Obstacle.Find(now) : new Obstacle(TargetError.Exited, "has exited");
    }

    private static Obstacle FromConnection(Exception exception) => CodeOf(exception) switch
    {
        SocketError.ConnectionRefused =>
            new(TargetError.ConnectionRefused, "refuses the connection: nothing listens on its diagnostic socket; restart it"),
        SocketError.AccessDenied => new(TargetError.PermissionDenied, "does not allow this user to connect; run as its user or with sudo"),
        SocketError.AddressNotAvailable => new(TargetError.NoSocket, "has no diagnostic socket at that path"),
        _ => new(TargetError.Exited, $"closed the connection ({exception.Message.TrimEnd('.')}); it has exited or is exiting"),
    };

    private static SocketError? CodeOf(Exception exception) => exception switch
    {
        SocketException socket => socket.SocketErrorCode,
        UnauthorizedAccessException => SocketError.AccessDenied,
        { InnerException: { } inner } => CodeOf(inner),
        _ => null,
    };

    private static string Title(TargetIdentity target) => target switch
    {
        { ProcessId: 0 } => "The process at the diagnostic port",
        { Name: "" } => Invariant($"Process {target.ProcessId}"),
        _ => Invariant($"Process {target.ProcessId} ({target.Name})"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
