using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>Detects other diagnostic tools that are connected to a runtime. A runtime that samples allocations sends them no allocation ticks.</summary>
internal static class OtherTools
{
    /// <summary>A request of another tool takes a moment only: a connection that lasts is a session.</summary>
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
        var lasting = Connections(process, socket);
        var startedAt = time.GetTimestamp();
        while (lasting.Count > 0 && time.GetElapsedTime(startedAt) < Lasting)
        {
            await Task.Delay(Interval, time, cancellation);
            lasting.IntersectWith(Connections(process, socket));
        }

        return lasting.Count > 0;
    }

    /// <summary>
    /// The inodes of the connections to a socket. A busy runtime takes a while to close its end of one that the other end has closed: then it has no more references than
    /// the socket that listens.
    /// </summary>
    private static HashSet<long> Connections(LinuxProcess process, string path)
    {
        var sockets = UnixSockets.Of(process).Where(socket => socket.Path.EndsWith(path, StringComparison.Ordinal)).ToList();
        var alone = sockets.Find(socket => socket.IsListening)?.References ?? 0;
        return [.. sockets.Where(socket => socket.IsConnected && socket.References > alone).Select(socket => socket.Inode)];
    }
}
