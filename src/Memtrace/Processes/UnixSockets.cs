using System.Globalization;

namespace Memtrace.Processes;

/// <summary>The Unix sockets of a network namespace that have a path, and connections that were accepted there (proc_net(5), /proc/net/unix).</summary>
internal static class UnixSockets
{
    private const int ReferencesField = 1;
    private const int FlagsField = 3;
    private const int StateField = 5;
    private const int InodeField = 6;
    private const int PathField = 7;

    /// <summary>__SO_ACCEPTCON.</summary>
    private const long Listens = 0x10000;

    /// <summary>SS_CONNECTED of linux/net.h.</summary>
    private const long Connected = 3;

    /// <summary>Lists the sockets in the network namespace of a process.</summary>
    /// <returns>Empty if they cannot be read.</returns>
    public static IReadOnlyList<UnixSocket> Of(LinuxProcess process)
    {
        try
        {
            return Parse(File.ReadLines(process.PathOf("net/unix")));
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return [];
        }
    }

    /// <summary>Lists those that somebody listens on.</summary>
    /// <returns>Null if they cannot be read.</returns>
    public static IReadOnlyList<UnixSocket>? Listening(LinuxProcess process) =>
        Of(process).Where(socket => socket.IsListening).ToList() is { Count: > 0 } listening ? listening : null;

    /// <summary>Parses lines of the form <c>address: references protocol flags type state inode path</c>; numbers but the inode are hexadecimal.</summary>
    internal static List<UnixSocket> Parse(IEnumerable<string> lines) => [.. lines.Select(Parse).OfType<UnixSocket>()];

    private static UnixSocket? Parse(string line)
    {
        // A path may contain blanks.
        var fields = line.Split(' ', PathField + 1, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > PathField
            && Hexadecimal(fields[ReferencesField]) is { } references
            && Hexadecimal(fields[FlagsField]) is { } flags
            && Hexadecimal(fields[StateField]) is { } state
            && long.TryParse(fields[InodeField], CultureInfo.InvariantCulture, out var inode)
            ? new UnixSocket(inode, fields[PathField], references, (flags & Listens) != 0, state == Connected)
            : null;
    }

    private static long? Hexadecimal(string text) => long.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A Unix socket.</summary>
/// <param name="Inode">Its number, which /proc/PID/fd shows as well.</param>
/// <param name="Path">Its path, as seen by the process that bound it; of a connection that was accepted, that of the listening socket.</param>
/// <param name="References">The kernel's count of references to it. The other end of a connection is one, until it is closed.</param>
/// <param name="IsListening">Whether somebody listens on it.</param>
/// <param name="IsConnected">Whether it is the accepted end of a connection, even if the other end is closed.</param>
internal sealed record UnixSocket(long Inode, string Path, long References, bool IsListening, bool IsConnected);
