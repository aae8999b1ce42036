using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>Detects other diagnostic tools that are connected to a runtime. A runtime that samples allocations sends them no allocation ticks.</summary>
public static class OtherTools
{
    /// <summary>SS_CONNECTED of linux/net.h, as proc_net_unix prints it.</summary>
    private const string Connected = "03";

    private const int StateColumn = 5, PathColumn = 7;

    /// <summary>Requests of this process may still be closing, so a connection counts if it lasts.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether other tools are connected; null if that cannot be seen: on other systems than Linux, and through a diagnostic port.</summary>
    /// <param name="target">The process, without a session of this tool.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<bool?> AreConnectedAsync(Target target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!OperatingSystem.IsLinux() || target.ProcessId == 0 || LinuxProcess.Open(target.ProcessId) is not { } process)
            return null;
        var socket = string.Create(CultureInfo.InvariantCulture, $"/dotnet-diagnostic-{process.NamespaceId}-{process.StartTicks}-socket");
        if (Connections(target.ProcessId, socket) is not > 0)
            return false;
        await Task.Delay(Lasting, cancellation);
        return Connections(target.ProcessId, socket) > 0;
    }

    private static int? Connections(int processId, string socket)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/unix")).Count(line => IsConnection(line, socket));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsConnection(string line, string socket) =>
        line.EndsWith(socket, StringComparison.Ordinal)
        && line.Split(' ', PathColumn + 1, StringSplitOptions.RemoveEmptyEntries) is { Length: > PathColumn } columns
        && columns[StateColumn] == Connected;
}
