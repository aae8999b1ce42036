using System.Net.Sockets;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Tests.Sessions;

[Slow]
public sealed class OtherToolsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_counts_until_its_other_end_is_closed_even_if_the_runtime_is_too_busy_to_notice()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await other.ConnectAsync(new UnixDomainSocketEndPoint(idle.DiagnosticSocket), Token);
        while (!UnixSockets.Of(LinuxProcess.Open(idle.Id)!).Any(socket => socket.IsConnected && socket.Path == idle.DiagnosticSocket))
            await Task.Delay(10, Token);

        Assert.True(await OtherTools.AreConnectedAsync(target, TimeProvider.System, Token));
        idle.Signal("STOP");
        other.Close();
        Assert.False(await OtherTools.AreConnectedAsync(target, TimeProvider.System, Token));
        Assert.Contains(UnixSockets.Of(LinuxProcess.Open(idle.Id)!), socket => socket.IsConnected && socket.Path == idle.DiagnosticSocket);
    }
}
