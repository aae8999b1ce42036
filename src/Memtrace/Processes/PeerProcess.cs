using System.Buffers.Binary;
using System.Net.Sockets;

namespace Memtrace.Processes;

/// <summary>The process at the other end of a Unix socket.</summary>
internal static class PeerProcess
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredSize = 12;

    /// <returns>Its id as seen from here, also if it runs in a pid namespace below ours; 0 if it cannot be seen; null where this system does not tell.</returns>
    public static int? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // struct ucred of unix(7): pid, uid, gid.
        Span<byte> credentials = stackalloc byte[UcredSize];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == UcredSize
            ? BinaryPrimitives.ReadInt32LittleEndian(credentials)
            : null;
    }
}
