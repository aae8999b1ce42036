using System.Buffers.Binary;
using System.Net.Sockets;

namespace Memtrace.Processes;

/// <summary>The process at the other end of a Unix socket.</summary>
internal static class PeerProcess
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredSize = 12;

    /// <returns>Its id as seen from here, even if it runs in a child pid namespace; 0 if it is not visible; null if this system does not support it.</returns>
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
