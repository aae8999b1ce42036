using Memtrace.Sessions;

namespace Memtrace.Tests.Sessions;

public sealed class ReadAheadStreamTests
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_was_sent_is_read_in_its_order()
    {
        var sent = new byte[(10 * MiB) + 12_345];
        new Random(4711).NextBytes(sent);
        using var source = new SentBytes(sent);
        using var stream = new ReadAheadStream(source, mostMB: 2);
        using var read = new MemoryStream();

        stream.CopyTo(read, 777);

        Assert.Equal(sent, read.ToArray());
        Assert.Equal(-1, stream.ReadByte());
    }

    [Fact]
    public async Task It_receives_up_to_its_limit_before_anything_is_read()
    {
        using var source = new SentBytes(new byte[20 * MiB]);
        using var stream = new ReadAheadStream(source, mostMB: 3);

        await StopsAtAsync(3 * MiB, source);
        stream.ReadExactly(new byte[MiB + 1]);
        await StopsAtAsync(4 * MiB, source);
    }

    [Fact]
    public void A_failure_comes_after_what_was_received_before_it()
    {
        using var source = new SentBytes(new byte[(3 * MiB) + 5]) { Failure = new IOException("reset") };
        using var stream = new ReadAheadStream(source, mostMB: 10);

        stream.ReadExactly(new byte[(3 * MiB) + 5]);

        Assert.Equal("reset", Assert.Throws<IOException>(() => stream.Read(new byte[1])).Message);
    }

    [Fact]
    public void The_rest_is_received_when_the_reader_is_done()
    {
        using var source = new SentBytes(new byte[20 * MiB]);
        using (var stream = new ReadAheadStream(source, mostMB: 2))
            stream.ReadExactly(new byte[10]);

        Assert.Equal(20 * MiB, source.Position);
    }

    private static async Task StopsAtAsync(long limit, SentBytes source)
    {
        Assert.True(SpinWait.SpinUntil(() => source.Position == limit, Patience));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(limit, source.Position);
    }

    /// <summary>Sends bytes in pieces, and then ends or fails.</summary>
    private sealed class SentBytes(byte[] bytes) : MemoryStream(bytes)
    {
        public IOException? Failure { get; init; }

        public override int Read(byte[] buffer, int offset, int count) =>
            Position == Length && Failure is { } failure ? throw failure : base.Read(buffer, offset, Math.Min(count, 100_000));
    }
}
