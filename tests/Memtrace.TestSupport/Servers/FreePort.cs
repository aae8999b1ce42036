using System.Net;
using System.Net.Sockets;

namespace Memtrace.TestSupport.Servers;

/// <summary>A port that nothing listens on.</summary>
internal static class FreePort
{
    // Below those that Linux gives to connections (ip_local_port_range, 32768 and up): none of them takes it before the test does.
    private const int First = 20_000;
    private const int AfterLast = 32_000;

    /// <summary>Finds one.</summary>
    public static int Find()
    {
        var port = Random.Shared.Next(First, AfterLast);
        while (!IsFree(port))
            port = Random.Shared.Next(First, AfterLast);
        return port;
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
