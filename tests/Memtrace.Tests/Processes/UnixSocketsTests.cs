using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class UnixSocketsTests
{
    [Fact]
    public void Sockets_with_a_path_are_listed()
    {
        string[] lines =
        [
            "Num       RefCount Protocol Flags    Type St Inode Path",
            "0000000000000000: 00000002 00000000 00010000 0001 01 16571 /tmp/my app/dotnet-diagnostic-7-17-socket",
            "0000000000000000: 00000003 00000000 00000000 0001 03 16572 /tmp/connected",
            "0000000000000000: 00000002 00000000 00010000 0001 01 16573",
            "0000000000000000: 00000002 00000000 00010000 0005 01 16574 @abstract",
            "short",
            "",
        ];

        Assert.Equal(
            [
                new UnixSocket(16571, "/tmp/my app/dotnet-diagnostic-7-17-socket", References: 2, IsListening: true, IsConnected: false),
                new UnixSocket(16572, "/tmp/connected", References: 3, IsListening: false, IsConnected: true),
                new UnixSocket(16574, "@abstract", References: 2, IsListening: true, IsConnected: false),
            ],
            UnixSockets.Parse(lines));
    }
}
