using System.Buffers.Binary;
using System.Net.Sockets;

namespace Memtrace.Processes;

/// <summary>The process at the other end of a Unix socket, as the kernel knows it.</summary>
/// <param name="Id">Its id as seen from here, even if it runs in a child pid namespace; 0 if it is not visible.</param>
/// <param name="UserId">Its effective user when it connected or began to listen.</param>
internal sealed record PeerProcess(int Id, int UserId)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredSize = 12;
    private const int UserOffset = 4;

    /// <returns>Null if this system does not support it.</returns>
    public static PeerProcess? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // struct ucred of unix(7): pid, uid, gid.
        Span<byte> credentials = stackalloc byte[UcredSize];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == UcredSize
            ? new PeerProcess(BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadInt32LittleEndian(credentials[UserOffset..]))
            : null;
    }
}
