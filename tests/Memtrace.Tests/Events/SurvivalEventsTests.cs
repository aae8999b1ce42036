using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class SurvivalEventsTests
{
    private readonly SurvivalReader _reader = new();

    private static byte[] Surviving(int announced, params (long Start, long Length)[] ranges)
    {
        var payload = new PayloadWriter().Int32(0).Int32(announced).UInt16(9);
        foreach (var (start, length) in ranges)
            payload.Int64(start).Int64(length);
        return payload.Written.ToArray();
    }

    private static byte[] Moved(params (long From, long To, long Length)[] ranges)
    {
        var payload = new PayloadWriter().Int32(0).Int32(ranges.Length).UInt16(9);
        foreach (var (from, to, length) in ranges)
            payload.Int64(from).Int64(to).Int64(length);
        return payload.Written.ToArray();
    }

    [Fact]
    public void Ranges_that_survive_where_they_are()
    {
        var read = _reader.ReadSurviving(Recorded.Event(Surviving(2, (0x1000, 0x20), (0x2000, 0x40))));

        Assert.Equal([new SurvivingRange(0x1000, 0x20), new SurvivingRange(0x2000, 0x40)], read.Ranges.ToArray());
        Assert.Equal((1, false), (read.Seconds, read.Incomplete));
    }

    [Fact]
    public void Ranges_that_move()
    {
        var read = _reader.ReadMoved(Recorded.Event(Moved((0x1000, 0x3000, 0x20), (0x2000, 0x4000, 0x40))));

        Assert.Equal([new MovedRange(0x1000, 0x3000, 0x20), new MovedRange(0x2000, 0x4000, 0x40)], read.Ranges.ToArray());
        Assert.Equal((1, false), (read.Seconds, read.Incomplete));
    }

    [Fact]
    public void Addresses_of_32_bits()
    {
        var surviving = new PayloadWriter().Int32(0).Int32(1).UInt16(9).Int32(0x1000).Int64(0x20).Written;
        var moved = new PayloadWriter().Int32(0).Int32(1).UInt16(9).Int32(0x1000).Int32(-16).Int64(0x20).Written;

        Assert.Equal([new SurvivingRange(0x1000, 0x20)], _reader.ReadSurviving(Recorded.Event(surviving, pointerSize: 4)).Ranges.ToArray());
        Assert.Equal([new MovedRange(0x1000, 0xFFFF_FFF0, 0x20)], _reader.ReadMoved(Recorded.Event(moved, pointerSize: 4)).Ranges.ToArray());
    }

    [Fact]
    public void Ranges_of_generations_and_marked_roots()
    {
        var payload = new PayloadWriter().Byte(3).Int64(0x1000).Int64(0x200).Int64(0x400).UInt16(9).Written;

        Assert.True(GenerationRange.TryRead(Recorded.Event(payload, thread: 9), out var range));

        Assert.Equal(new GenerationRange(1, 9, 3, 0x1000, 0x200, 0x400), range);
        Assert.False(GenerationRange.TryRead(Recorded.Event(payload[..20]), out _));
        Assert.Equal(new MarkedRoots(1, 8), MarkedRoots.Read(Recorded.Event([], thread: 8)));
    }

    [Theory]
    [InlineData(209_746_728, 209_746_728L)]
    [InlineData(-1, null)]
    public void Marked_roots_have_a_kind_and_bytes(long promoted, long? bytes)
    {
        var payload = new PayloadWriter().Int32(3).UInt16(9).Int32(7).Int64(promoted).Written;

        Assert.Equal(
            new MarkedRoots(1, 8) { Kind = MarkedRootKind.NewInFinalizerQueue, Bytes = bytes }, MarkedRoots.Read(Recorded.Event(payload, thread: 8)));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(20_000)]
    public void An_event_of_more_than_64_KB_is_read_to_its_end(int count)
    {
        (long Start, long Length)[] ranges = [.. Enumerable.Range(1, count).Select(i => (i * 0x1000L, 8L * i))];

        var read = _reader.ReadSurviving(Recorded.Event(Surviving(count, ranges)));

        Assert.Equal(ranges.Select(range => new SurvivingRange((ulong)range.Start, (ulong)range.Length)), read.Ranges.ToArray());
        Assert.False(read.Incomplete);
    }

    [Fact]
    public void An_event_of_more_than_64_KB_that_announces_more_than_it_has_is_incomplete()
    {
        (long, long)[] ranges = [.. Enumerable.Range(1, 5000).Select(i => (i * 0x1000L, 8L))];

        var read = _reader.ReadSurviving(Recorded.Event(Surviving(5001, ranges)));

        Assert.Equal(5000, read.Ranges.Length);
        Assert.True(read.Incomplete);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void An_event_that_announces_more_than_it_has_is_incomplete(int announced)
    {
        byte[] payload = [.. Surviving(announced, (0x1000, 0x20)), 1, 2, 3];

        var read = _reader.ReadSurviving(Recorded.Event(payload));

        Assert.Equal([new SurvivingRange(0x1000, 0x20)], read.Ranges.ToArray());
        Assert.True(read.Incomplete);
    }

    [Fact]
    public void What_comes_after_the_announced_ranges_is_ignored()
    {
        var read = _reader.ReadSurviving(Recorded.Event(Surviving(1, (0x1000, 0x20), (0x2000, 0x40))));

        Assert.Equal([new SurvivingRange(0x1000, 0x20)], read.Ranges.ToArray());
        Assert.False(read.Incomplete);
    }

    [Fact]
    public void An_empty_event_has_no_range()
    {
        Assert.True(_reader.ReadSurviving(Recorded.Event([])).Ranges.IsEmpty);
        Assert.True(_reader.ReadMoved(Recorded.Event([])).Ranges.IsEmpty);
        Assert.False(GenerationRange.TryRead(Recorded.Event([]), out _));
    }
}
