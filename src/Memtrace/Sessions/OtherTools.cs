using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>Detects other diagnostic tools that are connected to a runtime. A runtime that samples allocations sends them no allocation ticks.</summary>
internal static class OtherTools
{
    /// <summary>SS_CONNECTED of linux/net.h, as proc_net_unix prints it.</summary>
    private const string Connected = "03";

    private const int StateColumn = 5, InodeColumn = 6, PathColumn = 7;

    /// <summary>
    /// The runtime may not have closed the connections of earlier requests yet, which can take a while on a busy machine: only a connection that lasts counts.
    /// </summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether other tools are connected; null if that cannot be seen: on other systems than Linux, and through a diagnostic port.</summary>
    /// <param name="target">The process, without a session of this tool.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public static async Task<bool?> AreConnectedAsync(Target target, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!OperatingSystem.IsLinux() || target.ProcessId == 0 || LinuxProcess.Open(target.ProcessId) is not { } process)
            return null;
        var socket = string.Create(CultureInfo.InvariantCulture, $"/dotnet-diagnostic-{process.NamespaceId}-{process.StartTicks}-socket");
        var lasting = Connections(target.ProcessId, socket);
        var startedAt = time.GetTimestamp();
        while (lasting.Count > 0 && time.GetElapsedTime(startedAt) < Lasting)
        {
            await Task.Delay(Interval, time, cancellation);
            lasting.IntersectWith(Connections(target.ProcessId, socket));
        }

        return lasting.Count > 0;
    }

    /// <summary>The inodes of the connections to a socket.</summary>
    private static HashSet<string> Connections(int processId, string socket)
    {
        try
        {
            return [.. File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/unix")).Select(line => ConnectionOf(line, socket)).OfType<string>()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? ConnectionOf(string line, string socket) =>
        line.EndsWith(socket, StringComparison.Ordinal)
        && line.Split(' ', PathColumn + 1, StringSplitOptions.RemoveEmptyEntries) is { Length: > PathColumn } columns
        && columns[StateColumn] == Connected
            ? columns[InodeColumn]
            : null;
}
