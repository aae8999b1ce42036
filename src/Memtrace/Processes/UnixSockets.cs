using System.Globalization;

namespace Memtrace.Processes;

/// <summary>The sockets of a network namespace that somebody listens on and that have a path (proc_net(5), /proc/net/unix).</summary>
internal static class UnixSockets
{
    private const int FlagsField = 3;
    private const int InodeField = 6;
    private const int PathField = 7;

    /// <summary>__SO_ACCEPTCON.</summary>
    private const long IsListening = 0x10000;

    /// <summary>Lists the listening sockets in the network namespace of a process.</summary>
    /// <returns>Null if they cannot be read.</returns>
    public static IReadOnlyList<UnixSocket>? Listening(LinuxProcess process)
    {
        try
        {
            return Parse(File.ReadLines(process.PathOf("net/unix"))) is { Count: > 0 } sockets ? sockets : null;
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return null;
        }
    }

    /// <summary>Parses lines of the form <c>address: references protocol flags type state inode path</c>; flags are hexadecimal.</summary>
    internal static List<UnixSocket> Parse(IEnumerable<string> lines)
    {
        var sockets = new List<UnixSocket>();
        foreach (var line in lines)
        {
            // A path may contain blanks.
            var fields = line.Split(' ', PathField + 1, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > PathField
                && long.TryParse(fields[FlagsField], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var flags) && (flags & IsListening) != 0
                && long.TryParse(fields[InodeField], CultureInfo.InvariantCulture, out var inode))
                sockets.Add(new UnixSocket(inode, fields[PathField]));
        }

        return sockets;
    }
}

/// <summary>A listening Unix socket.</summary>
/// <param name="Inode">Its number, which /proc/PID/fd shows as well.</param>
/// <param name="Path">Its path, as seen by the process that bound it.</param>
internal sealed record UnixSocket(long Inode, string Path);
