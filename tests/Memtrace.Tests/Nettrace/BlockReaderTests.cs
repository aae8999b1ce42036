using Memtrace.Nettrace;

namespace Memtrace.Tests.Nettrace;

public sealed class BlockReaderTests
{
    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task It_finds_every_block_and_the_marked_end(int framing)
    {
        var stream = Session(framing).Complete();
        var reader = new BlockReader(new MemoryStream(stream));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);

        var kinds = new List<BlockKind>();
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
            kinds.Add(block.Kind);

        Assert.Equal((NettraceFraming)framing, reader.Framing);
        Assert.Equal(
            [BlockKind.Trace, BlockKind.Metadata, BlockKind.Event, BlockKind.SequencePoint, BlockKind.Event],
            kinds.Where(kind => kind != BlockKind.Thread));
        Assert.True(reader.EndedCleanly);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_stream_that_is_cut_anywhere_ends_there_without_an_error(int framing)
    {
        var stream = Session(framing).Complete();
        var whole = await CountBlocksAsync(stream);
        var last = 0;
        for (var length = SyntheticSession.HeaderOf((NettraceFraming)framing).Length; length < stream.Length; length++)
        {
            var (blocks, endedCleanly) = await CountBlocksAsync(stream[..length]);
            Assert.False(endedCleanly);
            Assert.InRange(blocks, last, whole.Blocks);
            last = blocks;
        }

        Assert.True(whole.EndedCleanly);
    }

    [Fact]
    public async Task Something_else_is_refused()
    {
        var reader = new BlockReader(new MemoryStream("MZ, this is a program and no trace at all"u8.ToArray()));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadHeaderAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_later_format_is_refused()
    {
        byte[] header = [.. "Nettrace"u8, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0];
        var reader = new BlockReader(new MemoryStream(header));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadHeaderAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task The_trace_block_says_whose_stream_it_is(int framing)
    {
        var reader = new BlockReader(new MemoryStream(Session(framing).Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var block = await reader.ReadBlockAsync(TestContext.Current.CancellationToken);

        var trace = TraceObject.Parse(reader.Framing, block!.Value.Payload.Span);

        var startedAt = new DateTimeOffset(2026, 11, 20, 12, 30, 15, 250, TimeSpan.Zero);
        Assert.Equal(new TraceObject(startedAt, SyntheticSession.Start, SyntheticSession.Frequency, 8, 4711, 2), trace);
    }

    private static SyntheticSession Session(int framing) => new SyntheticSession((NettraceFraming)framing)
        .Events(1, 5_000_000_100, 5_000_000_200)
        .SequencePoint(5_000_000_300)
        .Events(2, 5_000_000_400);

    private static async Task<(int Blocks, bool EndedCleanly)> CountBlocksAsync(byte[] stream)
    {
        var reader = new BlockReader(new MemoryStream(stream));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var blocks = 0;
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is not null)
            blocks++;
        return (blocks, reader.EndedCleanly);
    }
}
