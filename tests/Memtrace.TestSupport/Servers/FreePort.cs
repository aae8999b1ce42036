using System.Net;
using System.Net.Sockets;

namespace Memtrace.TestSupport.Servers;

/// <summary>A port that nothing listens on.</summary>
internal static class FreePort
{
    /// <summary>Finds one.</summary>
    public static int Find()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
