using System.Globalization;
using System.Net.Sockets;
using Memtrace.Processes;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tests.Processes;

/// <summary>Anybody can create a socket with the name of a process's in a shared folder.</summary>
[Slow]
public sealed class SocketOwnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task A_socket_on_which_another_process_listens_is_not_believed()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);
        var path = TargetProcess.SocketIn(folder);
        File.Delete(path);
        using var impostor = Listen(path);

        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.AttachAsync(idle.Id, Patience, Token));

        Assert.Equal(TargetError.PermissionDenied, exception.Error);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} of user "), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Linux, Requirement.Root)]
    public async Task A_socket_of_another_user_is_not_the_processs()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleInAsync(folder);
        var path = TargetProcess.SocketIn(folder);
        using (var chown = ChildProcess.Start(["chown", "65534", path]))
            await chown.WaitForExitAsync(Token);

        var exception = await Assert.ThrowsAsync<TargetException>(() => Target.AttachAsync(idle.Id, Patience, Token));

        Assert.Equal(TargetError.PermissionDenied, exception.Error);
        Assert.Contains("belongs to another user", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Linux, Requirement.Root, Requirement.TimeNamespaces)]
    public async Task A_process_with_another_start_time_in_its_own_view_is_found_by_its_open_socket()
    {
        using var idle = await TargetProcess.FromScriptAsync($"exec unshare -T --boottime 86400 --monotonic 1000 --fork sh -c 'echo $$; exec dotnet {TargetPrograms.Path("Idle")} sleep 600'");
        while (DiagnosticEndpoint.Find(idle.Id) is null)
            await Task.Delay(50, Token);

        await using var target = await idle.AttachAsync();

        Assert.Equal(idle.Id, target.ProcessId);
        Assert.Equal(TimeSpan.FromSeconds(1000), TimeNamespace.MonotonicOffset(idle.Id));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }
}
