using Memtrace.Monitoring;
using Memtrace.Nettrace;
using Memtrace.Tests.Nettrace;

namespace Memtrace.Tests.Monitoring;

public sealed class BlockPipeTests
{
    private const long Start = SyntheticSession.Start;
    private const int EventSize = 40;

    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_reader_sees_the_stream_while_it_is_written(int framing)
    {
        var (beginning, blocks) = await BlocksAsync((NettraceFraming)framing, events: 50);
        using var pipe = new BlockPipe(beginning, limit: 1 << 20);
        var reading = Task.Run(() => Read(pipe), TestContext.Current.CancellationToken);

        Write(pipe, blocks);
        pipe.Complete();

        var (seen, lost) = await reading;
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (double)i), seen);
        Assert.Equal(0, lost);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task If_the_reader_lags_too_far_behind_events_are_dropped_and_counted(int framing)
    {
        var (beginning, blocks) = await BlocksAsync((NettraceFraming)framing, events: 50);
        using var pipe = new BlockPipe(beginning, limit: 10 * EventSize);
        Write(pipe, blocks);
        pipe.Complete();

        var (seen, lost) = Read(pipe);

        Assert.InRange(seen.Count, 1, 49);
        Assert.Equal(50, seen.Count + lost);
    }

    [Fact]
    public async Task A_request_is_answered_between_two_blocks_even_if_the_stream_is_idle()
    {
        var (beginning, blocks) = await BlocksAsync(NettraceFraming.Objects, events: 3);
        using var pipe = new BlockPipe(beginning, limit: 1 << 20);
        var reader = -1;
        var reading = Task.Run(
            () =>
            {
                reader = Environment.CurrentManagedThreadId;
                return Read(pipe);
            },
            TestContext.Current.CancellationToken);
        foreach (var (kind, payload) in blocks)
            pipe.Add(kind, payload);

        var answerer = await pipe.QueryAsync(() => Environment.CurrentManagedThreadId);
        Assert.Equal(reader, answerer);
        await Assert.ThrowsAsync<FormatException>(() => pipe.QueryAsync<int>(() => throw new FormatException()));

        pipe.Complete();
        Assert.Equal(3, (await reading).Seen.Count);
    }

    [Fact]
    public async Task After_the_end_no_request_is_answered()
    {
        var (beginning, _) = await BlocksAsync(NettraceFraming.Objects, events: 0);
        using var pipe = new BlockPipe(beginning, limit: 1000);
        pipe.Complete();
        Read(pipe);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipe.QueryAsync(() => 1));
    }

    private static void Write(BlockPipe pipe, List<(BlockKind Kind, byte[] Payload)> blocks)
    {
        foreach (var (kind, payload) in blocks)
        {
            if (kind == BlockKind.Event)
                pipe.Offer(kind, payload);
            else
                pipe.Add(kind, payload);
        }
    }

    private static (List<double> Seen, long Lost) Read(BlockPipe pipe)
    {
        var seen = new Times();
        var summary = new NettraceReader(pipe, seen).Read(TestContext.Current.CancellationToken);
        return (seen.Seconds, summary.LostEvents);
    }

    private sealed class Times : INettraceVisitor
    {
        public List<double> Seconds { get; } = [];

        public void Begin(TraceObject trace)
        {
        }

        public object? Subscribe(EventType type) => this;

        public void Visit(in NettraceEvent data) => Seconds.Add(Math.Round((data.Timestamp - Start) / (double)SyntheticSession.Frequency));

        public void Missing(ulong thread)
        {
        }
    }

    private static async Task<(StreamBeginning Beginning, List<(BlockKind Kind, byte[] Payload)> Blocks)> BlocksAsync(NettraceFraming framing, int events)
    {
        var session = new SyntheticSession(framing);
        for (var i = 1; i <= events; i++)
            session.Events(1, Start + (i * (long)SyntheticSession.Frequency));
        session.SequencePoint(Start + ((events + 1) * (long)SyntheticSession.Frequency));
        var reader = new BlockReader(new MemoryStream(session.Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var trace = await reader.ReadBlockAsync(TestContext.Current.CancellationToken);
        var beginning = new StreamBeginning(framing, reader.Header.ToArray(), trace!.Value.Payload.ToArray());
        var blocks = new List<(BlockKind, byte[])>();
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
            blocks.Add((block.Kind, block.Payload.ToArray()));
        return (beginning, blocks);
    }
}
