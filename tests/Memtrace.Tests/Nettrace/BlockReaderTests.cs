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
        await Assert.ThrowsAsync<NettraceException>(async () => await reader.ReadHeaderAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_later_format_is_refused()
    {
        byte[] header = [.. "Nettrace"u8, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0];
        var reader = new BlockReader(new MemoryStream(header));
        await Assert.ThrowsAsync<NettraceException>(async () => await reader.ReadHeaderAsync(TestContext.Current.CancellationToken));
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

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Both_ways_of_reading_find_the_same_blocks_whatever_comes_at_once(int framing)
    {
        var stream = Session(framing).Complete();
        var expected = await BlocksAsync(stream);
        for (var chunk = 1; chunk < 60; chunk += 7)
            Assert.Equal(expected, Blocks(new TricklingStream(stream, chunk)));
    }

    [Fact]
    public void A_block_larger_than_the_buffer_is_read_whole()
    {
        var large = new byte[1_000_000];
        new Random(1).NextBytes(large);
        byte[] stream = [.. SyntheticSession.HeaderOf(NettraceFraming.Blocks), .. new PayloadWriter().Int32(((int)BlockKind.Stack << 24) | large.Length).Bytes(large).Written, 0, 0, 0, 0];

        var reader = new BlockReader(new TricklingStream(stream, 64 * 1024));
        reader.ReadHeader();

        Assert.Equal(large, reader.ReadBlock()!.Value.Payload.ToArray());
        Assert.Null(reader.ReadBlock());
        Assert.True(reader.EndedCleanly);
    }

    [Fact]
    public void A_size_beyond_the_stream_costs_no_memory()
    {
        var name = ObjectNames.NameOf(BlockKind.Event).Name;
        byte[] claim = [5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, (byte)name.Length, 0, 0, 0, .. name, 6, .. BitConverter.GetBytes(BlockFramer.MaxBlockSize), .. new byte[100]];
        byte[] stream = [.. SyntheticSession.HeaderOf(NettraceFraming.Objects), .. claim];
        var reader = new BlockReader(new MemoryStream(stream));
        reader.ReadHeader();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(reader.ReadBlock());

        Assert.False(reader.EndedCleanly);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(BlockFramer.MaxBlockSize + 1)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_impossible_size_is_damage(int size)
    {
        var name = ObjectNames.NameOf(BlockKind.Event).Name;
        byte[] claim = [5, 5, 1, 2, 0, 0, 0, 2, 0, 0, 0, (byte)name.Length, 0, 0, 0, .. name, 6, .. BitConverter.GetBytes(size), .. new byte[100]];
        var reader = new BlockReader(new MemoryStream([.. SyntheticSession.HeaderOf(NettraceFraming.Objects), .. claim]));
        reader.ReadHeader();

        Assert.Throws<NettraceException>(() => reader.ReadBlock());
    }

    [Fact]
    public void Garbage_between_blocks_is_damage()
    {
        var reader = new BlockReader(new MemoryStream([.. Session((int)NettraceFraming.Objects).Torn(), .. new byte[100]]));
        reader.ReadHeader();

        Assert.Throws<NettraceException>(() =>
        {
            while (reader.ReadBlock() is not null)
            {
            }
        });
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

    private static async Task<List<string>> BlocksAsync(byte[] stream)
    {
        var reader = new BlockReader(new MemoryStream(stream));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var blocks = new List<string>();
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
            blocks.Add(Describe(block));
        return blocks;
    }

    private static List<string> Blocks(Stream stream)
    {
        var reader = new BlockReader(stream);
        reader.ReadHeader();
        var blocks = new List<string>();
        while (reader.ReadBlock() is { } block)
            blocks.Add(Describe(block));
        Assert.True(reader.EndedCleanly);
        return blocks;
    }

    private static string Describe(in NettraceBlock block) => $"{block.Kind} {Convert.ToHexString(block.Payload.Span)}";

    /// <summary>Gives out this many bytes at a time, as a socket may.</summary>
    private sealed class TricklingStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);
    }
}
