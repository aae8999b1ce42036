using System.Globalization;

namespace Memtrace.Processes;

/// <summary>Why a process cannot be attached to, found without connecting to it.</summary>
/// <param name="Error">What is wrong.</param>
/// <param name="Reason">The same for a person, with what to do about it: the rest of a sentence whose subject is the process.</param>
internal sealed record Obstacle(TargetError Error, string Reason)
{
    private static readonly string[] DiagnosticSwitches =
        ["DOTNET_EnableDiagnostics", "COMPlus_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC", "COMPlus_EnableDiagnostics_IPC"];

    /// <returns>Null if there is no known obstacle.</returns>
    public static Obstacle? Find(LinuxProcess process)
    {
        if (process.IsZombie)
            return new Obstacle(TargetError.Exited, "has exited");
        if (!Environment.IsPrivilegedProcess && process.UserId != LinuxProcess.Self()?.UserId)
            return new Obstacle(TargetError.PermissionDenied, $"belongs to {Owner(process)}; run as that user or with sudo");
        return DiagnosticEndpoint.Find(process) switch
        {
            null => FindMissingSocket(process),
            { IsUsable: false } endpoint => new Obstacle(
                TargetError.PortUnavailable, $"has its diagnostic socket at a path that cannot be used: {endpoint.Address}; restart it with a short TMPDIR without spaces or commas"),
            _ => process.IsStopped ? new Obstacle(TargetError.NoAnswer, "is stopped (SIGSTOP); resume it with kill -CONT") : null,
        };
    }

    private static Obstacle FindMissingSocket(LinuxProcess process)
    {
        var kind = RuntimeDetector.Detect(process);
        if (kind == RuntimeKind.None)
            return new Obstacle(TargetError.NotDotnet, "is not a .NET process");
        if (DiagnosticEndpoint.ForeignSocket(process) is { } foreign)
            return new Obstacle(TargetError.PermissionDenied, $"has no diagnostic socket: {foreign} belongs to another user; remove that file and restart the process");
        if (kind == RuntimeKind.Unknown && !process.HasReadableEnvironment)
            return new Obstacle(TargetError.PermissionDenied, WhyUnreadable(process));
        if (DiagnosticSwitches.FirstOrDefault(name => IsZero(process.Variable(name))) is { } variable)
        {
            return new Obstacle(
                TargetError.DiagnosticsDisabled,
                $"has diagnostics disabled ({variable}={process.Variable(variable)}); restart it without that variable");
        }

        if (kind == RuntimeKind.NativeAot)
        {
            return new Obstacle(
                TargetError.NativeAot,
                "is compiled ahead of time (NativeAOT) without event support; publish it with EventSourceSupport=true, or without PublishAot");
        }

        if (DiagnosticEndpoint.HasAbandonedSocket(process))
        {
            return new Obstacle(
                TargetError.ConnectionRefused, "has a diagnostic socket, but nothing listens on it: it has executed another program (exec), or its runtime has shut down");
        }

        if (TimeNamespace.IsOther(process))
            return new Obstacle(TargetError.UnidentifiedSocket, "is in another time namespace, and its diagnostic socket cannot be identified; connect to the socket by its path");
        if (process.IsEmulated)
            return new Obstacle(TargetError.UnidentifiedSocket, "runs in an emulator, and its diagnostic socket cannot be identified; connect to the socket by its path");
        return DiagnosticEndpoint.HasStaleSocket(process)
            ? new Obstacle(TargetError.ConnectionRefused, "has no diagnostic socket, only one left behind by an earlier process with the same id; restart it")
            : new Obstacle(TargetError.NoSocket, "has no diagnostic socket: it is still starting, it could not write to its temporary folder, or the socket was deleted from there; restart it");
    }

    private static string Owner(LinuxProcess process) => Users.NameOf(process.UserId) is { } name ? $"user {name}" : "another user";

    private static string WhyUnreadable(LinuxProcess process)
    {
        if (!Environment.IsPrivilegedProcess)
            return "cannot be read by this user: if it has its own TMPDIR, set the same one here, or run with sudo";
        return LinuxProcess.Self()?.HasTraceCapability == true
            ? "cannot be read, even by root"
            : $"cannot be read by root without the capability SYS_PTRACE; run as {Owner(process)}, or add the capability";
    }

    /// <summary>The runtime parses its settings as hexadecimal numbers.</summary>
    private static bool IsZero(string? value)
    {
        var digits = value?.Trim() ?? "";
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        return ulong.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) && number == 0;
    }
}
