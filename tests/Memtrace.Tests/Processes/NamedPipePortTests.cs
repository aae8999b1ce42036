using System.Buffers.Binary;
using System.IO.Pipes;
using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

/// <summary>Runtimes connect to named pipes on Windows; the framework has them everywhere.</summary>
public sealed class NamedPipePortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_runtime_that_connects_is_the_target()
    {
        await using var listener = DiagnosticPortListener.StartAt(NamedPipePort.Open(null));
        await using var first = await ConnectAsync(listener.Address);
        await using var second = await ConnectAsync(listener.Address);

        await first.WriteAsync(Advertise(cookie: 1, processId: 4711), Token);

        Assert.Equal(4711, (await listener.First.WaitAsync(TimeSpan.FromSeconds(30), Token)).ProcessId);
    }

    [Fact]
    public async Task A_connection_that_is_closed_at_once_does_not_end_the_listener()
    {
        await using var listener = DiagnosticPortListener.StartAt(NamedPipePort.Open(null));
        for (var i = 0; i < 10; i++)
            await (await ConnectAsync(listener.Address)).DisposeAsync();

        await using var runtime = await ConnectAsync(listener.Address);
        await runtime.WriteAsync(Advertise(cookie: 2, processId: 815), Token);

        Assert.Equal(815, (await listener.First.WaitAsync(TimeSpan.FromSeconds(30), Token)).ProcessId);
    }

    [Fact]
    public async Task Closing_ends_the_connections_of_those_that_say_nothing()
    {
        var listener = DiagnosticPortListener.StartAt(NamedPipePort.Open(null));
        await using var silent = await ConnectAsync(listener.Address);

        await listener.CloseAsync();

        Assert.True(await HasEndedAsync(silent));
    }

    // One that was not yet accepted is reset.
    private static async Task<bool> HasEndedAsync(Stream connection)
    {
        try
        {
            return await connection.ReadAsync(new byte[1], Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [Fact]
    public async Task A_name_that_is_in_use_is_refused()
    {
        await using var listener = DiagnosticPortListener.StartAt(NamedPipePort.Open(null));

        var error = Assert.Throws<TargetException>(() => NamedPipePort.Open(listener.Address));

        Assert.Equal(TargetError.PortUnavailable, error.Error);
        Assert.StartsWith($"Cannot listen on {listener.Address}: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The runtime's variable takes the name alone.</summary>
    [Fact]
    public void The_prefix_of_pipes_is_not_part_of_the_address()
    {
        var name = $"memtrace-{Guid.NewGuid():N}";

        using var port = NamedPipePort.Open(@"\\.\pipe\" + name);

        Assert.Equal(name, port.Address);
    }

    private static async Task<NamedPipeClientStream> ConnectAsync(string name)
    {
        var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(30_000, Token);
        return client;
    }

    private static byte[] Advertise(byte cookie, long processId)
    {
        var bytes = new byte[34];
        "ADVR_V1\0"u8.CopyTo(bytes);
        bytes[8] = cookie;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), processId);
        return bytes;
    }
}
