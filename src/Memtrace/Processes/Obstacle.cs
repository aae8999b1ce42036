using System.Globalization;

namespace Memtrace.Processes;

/// <summary>Why a process cannot be attached to, found without a connection to it.</summary>
/// <param name="Error">What is wrong.</param>
/// <param name="Reason">The same for a person, as the rest of a sentence that begins with the process, with what to do about it.</param>
internal sealed record Obstacle(TargetError Error, string Reason)
{
    private static readonly string[] Switches =
        ["DOTNET_EnableDiagnostics", "COMPlus_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC", "COMPlus_EnableDiagnostics_IPC"];

    /// <returns>Null if nothing speaks against it.</returns>
    public static Obstacle? Find(LinuxProcess process)
    {
        if (process.IsZombie)
            return new Obstacle(TargetError.Exited, "has exited");
        if (!Environment.IsPrivilegedProcess && process.UserId != LinuxProcess.Self()?.UserId)
            return new Obstacle(TargetError.PermissionDenied, $"belongs to user {Users.NameOf(process.UserId)}; run as that user or with sudo");
        return DiagnosticEndpoint.Find(process) switch
        {
            null => FindForLackOfSocket(process),
            { IsUsable: false } endpoint => new Obstacle(
                TargetError.PortUnavailable, $"has its diagnostic socket at a path that cannot be used: {endpoint.Address}; start it with a plain, short TMPDIR"),
            _ => null,
        };
    }

    private static Obstacle FindForLackOfSocket(LinuxProcess process)
    {
        var kind = RuntimeDetector.Detect(process);
        if (kind == RuntimeKind.None)
            return new Obstacle(TargetError.NotDotnet, "is not a .NET process");
        if (kind == RuntimeKind.Unknown && !process.HasReadableEnvironment)
            return new Obstacle(TargetError.PermissionDenied, Environment.IsPrivilegedProcess ? "may not be looked at, not even by root" : "may not be looked at by this user; run with sudo");
        if (Switches.FirstOrDefault(name => IsZero(process.Variable(name))) is { } variable)
        {
            return new Obstacle(
                TargetError.DiagnosticsDisabled,
                $"has diagnostics switched off ({variable}={process.Variable(variable)}); start it again without that variable");
        }

        if (kind == RuntimeKind.NativeAot)
        {
            return new Obstacle(
                TargetError.NativeAot,
                "is compiled ahead of time without event sources; publish it with EventSourceSupport=true, or without PublishAot");
        }

        return DiagnosticEndpoint.HasStaleSocket(process)
            ? new Obstacle(TargetError.ConnectionRefused, "has no diagnostic socket, only one that an earlier process of the same id left behind; start it again")
            : new Obstacle(TargetError.NoSocket, "has no diagnostic socket: it is only just starting, or the socket was removed from its temp folder; start it again");
    }

    /// <summary>The runtime reads its switches as hexadecimal numbers.</summary>
    private static bool IsZero(string? value)
    {
        var digits = value?.Trim() ?? "";
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        return ulong.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) && number == 0;
    }
}
