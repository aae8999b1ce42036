using Memtrace.Reading;
using static Memtrace.Tests.Reading.NettraceBuilder;

namespace Memtrace.Tests.Reading;

public sealed class SurvivalDecoderTests
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";

    private static byte[] Surviving(int said, params (long Start, long Length)[] ranges) =>
        [.. Bytes(0), .. Bytes(said), .. Bytes((ushort)0), .. ranges.SelectMany(range => (byte[])[.. Bytes(range.Start), .. Bytes(range.Length)])];

    private static byte[] Moved(params (long From, long To, long Length)[] ranges) =>
    [
        .. Bytes(0), .. Bytes(ranges.Length), .. Bytes((ushort)0),
        .. ranges.SelectMany(range => (byte[])[.. Bytes(range.From), .. Bytes(range.To), .. Bytes(range.Length)]),
    ];

    private static Gathering Read(NettraceBuilder builder)
    {
        var gathering = new Gathering();
        new RecordingReader(gathering).Read(new MemoryStream(builder.Build()));
        return gathering;
    }

    [Fact]
    public void Ranges_that_survive_where_they_are()
    {
        var read = Read(new NettraceBuilder().Event(Runtime, 21, 1, Surviving(2, (0x1000, 0x20), (0x2000, 0x40))));
        Assert.Equal([new SurvivingRange(0x1000, 0x20), new SurvivingRange(0x2000, 0x40)], read.Surviving);
        Assert.False(read.Incomplete);
    }

    [Fact]
    public void Ranges_that_move()
    {
        var read = Read(new NettraceBuilder().Event(Runtime, 22, 1, Moved((0x1000, 0x3000, 0x20), (0x2000, 0x4000, 0x40))));
        Assert.Equal([new MovedRange(0x1000, 0x3000, 0x20), new MovedRange(0x2000, 0x4000, 0x40)], read.Moved);
        Assert.False(read.Incomplete);
    }

    [Fact]
    public void Addresses_of_32_bits()
    {
        byte[] surviving = [.. Bytes(0), .. Bytes(1), .. Bytes((ushort)0), .. Bytes(0x1000), .. Bytes(0x20L)];
        byte[] moved = [.. Bytes(0), .. Bytes(1), .. Bytes((ushort)0), .. Bytes(0x1000), .. Bytes(0x3000), .. Bytes(0x20L)];
        var read = Read(new NettraceBuilder(pointerSize: 4).Event(Runtime, 21, 1, surviving).Event(Runtime, 22, 2, moved));
        Assert.Equal(new SurvivingRange(0x1000, 0x20), Assert.Single(read.Surviving));
        Assert.Equal(new MovedRange(0x1000, 0x3000, 0x20), Assert.Single(read.Moved));
    }

    [Fact]
    public void Ranges_of_generations_and_marked_roots()
    {
        byte[] range = [3, .. Bytes(0x1000L), .. Bytes(0x200L), .. Bytes(0x400L), .. Bytes((ushort)0)];
        var read = Read(new NettraceBuilder().Event(Runtime, 23, 1, range, thread: 9).Event(Runtime, 202, 2, [.. Bytes(0)], thread: 8));
        Assert.Equal(new GenerationRange(1, 9, 3, 0x1000, 0x200, 0x400), Assert.Single(read.Generations));
        Assert.Equal([8], read.Marked);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(20_000)]
    public void An_event_of_more_than_64_KB_is_read_to_its_end(int count)
    {
        (long Start, long Length)[] ranges = [.. Enumerable.Range(1, count).Select(i => (i * 0x1000L, 8L * i))];
        var read = Read(new NettraceBuilder().Event(Runtime, 7, 1, []).Event(Runtime, 21, 2, Surviving(count, ranges)).Event(Runtime, 21, 3, Surviving(1, (1, 2))));
        Assert.Equal(ranges.Append((1, 2)).Select(range => new SurvivingRange((ulong)range.Start, (ulong)range.Length)), read.Surviving);
        Assert.False(read.Incomplete);
    }

    [Fact]
    public void An_event_of_more_than_64_KB_that_says_another_count_than_it_has_room_for_is_not_read_beyond_what_is_sure()
    {
        (long, long)[] ranges = [.. Enumerable.Range(1, 5000).Select(i => (i * 0x1000L, 8L))];
        var read = Read(new NettraceBuilder().Event(Runtime, 7, 1, []).Event(Runtime, 21, 2, Surviving(5001, ranges)));
        Assert.True(read.Incomplete);
        Assert.Equal((((5000 * 16) + 10) % 65_536) / 16, read.Surviving.Count);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void An_event_that_says_more_than_it_has_is_incomplete(int said)
    {
        var read = Read(new NettraceBuilder().Event(Runtime, 21, 1, Surviving(said, (0x1000, 0x20))));
        Assert.Equal(new SurvivingRange(0x1000, 0x20), Assert.Single(read.Surviving));
        Assert.True(read.Incomplete);
    }

    [Fact]
    public void An_empty_event_is_no_range()
    {
        var read = Read(new NettraceBuilder().Event(Runtime, 21, 1, []).Event(Runtime, 22, 2, []).Event(Runtime, 23, 3, []));
        Assert.Empty(read.Surviving);
        Assert.Empty(read.Generations);
    }

    [Fact]
    public void A_gap_in_a_threads_sequence_is_told_before_the_event_behind_it()
    {
        Assert.Equal(0, Read(Builder()).Gaps);
        Assert.Equal(1, Read(Builder().Event(Runtime, 7, 4, [], thread: 2, sequence: 4).Event(Runtime, 7, 5, [], thread: 1)).Gaps);

        static NettraceBuilder Builder() => new NettraceBuilder()
            .Event(Runtime, 7, 1, [], thread: 1).Event(Runtime, 7, 2, [], thread: 2).Event(Runtime, 7, 3, [], thread: 1);
    }

    [Fact]
    public void A_thread_whose_id_is_used_again_has_lost_nothing()
    {
        var builder = new NettraceBuilder().Event(Runtime, 7, 1, [], sequence: 1).Event(Runtime, 7, 2, [], sequence: 2).Event(Runtime, 7, 3, [], sequence: 1);
        Assert.Equal(0, Read(builder).Gaps);
    }

    private sealed class Gathering : RecordingVisitor
    {
        public List<SurvivingRange> Surviving { get; } = [];

        public List<MovedRange> Moved { get; } = [];

        public List<GenerationRange> Generations { get; } = [];

        public List<int> Marked { get; } = [];

        public bool Incomplete { get; private set; }

        public int Gaps { get; private set; }

        public override void Visit(in SurvivingRanges survivors)
        {
            Surviving.AddRange(survivors.Ranges);
            Incomplete |= survivors.Incomplete;
        }

        public override void Visit(in MovedRanges moves)
        {
            Moved.AddRange(moves.Ranges);
            Incomplete |= moves.Incomplete;
        }

        public override void Visit(in GenerationRange range) => Generations.Add(range);

        public override void Visit(in MarkedRoots roots) => Marked.Add(roots.ThreadId);

        public override void Lost() => Gaps++;
    }
}
