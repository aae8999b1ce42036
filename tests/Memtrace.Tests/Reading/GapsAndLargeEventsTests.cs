using Memtrace.Events;
using Memtrace.Reading;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Reading;

/// <summary>What a reader of recordings does about gaps in the threads' sequence numbers, and about large events between others.</summary>
public sealed class GapsAndLargeEventsTests
{
    private static SeenSurvival Read(NettraceBuilder builder)
    {
        var seen = new SeenSurvival();
        new RecordingReader(seen).Read(new MemoryStream(builder.Build()));
        return seen;
    }

    [Fact]
    public void A_gap_is_reported_before_the_event_after_it()
    {
        Assert.Equal(0, Read(Builder()).Gaps);
        Assert.Equal(
            1,
            Read(Builder().Event(Providers.Runtime, Restart.BeginId, 4, [], thread: 2, sequence: 4).Event(Providers.Runtime, Restart.BeginId, 5, [], thread: 1)).Gaps);

        static NettraceBuilder Builder() => new NettraceBuilder()
            .Event(Providers.Runtime, Restart.BeginId, 1, [], thread: 1)
            .Event(Providers.Runtime, Restart.BeginId, 2, [], thread: 2)
            .Event(Providers.Runtime, Restart.BeginId, 3, [], thread: 1);
    }

    [Fact]
    public void A_thread_whose_id_is_used_again_has_lost_nothing()
    {
        var builder = new NettraceBuilder()
            .Event(Providers.Runtime, Restart.BeginId, 1, [], sequence: 1)
            .Event(Providers.Runtime, Restart.BeginId, 2, [], sequence: 2)
            .Event(Providers.Runtime, Restart.BeginId, 3, [], sequence: 1);

        Assert.Equal(0, Read(builder).Gaps);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(20_000)]
    public void An_event_of_more_than_64_KB_is_read_to_its_end_and_so_is_the_next(int count)
    {
        byte[] ranges = [.. Enumerable.Range(1, count).SelectMany(i => (byte[])[.. Bytes(i * 0x1000L), .. Bytes(8L * i)])];
        var builder = new NettraceBuilder()
            .Event(Providers.Runtime, Restart.BeginId, 1, [])
            .Event(Providers.Runtime, SurvivingRanges.Id, 2, [.. Bytes(0), .. Bytes(count), .. Bytes((ushort)0), .. ranges])
            .Event(Providers.Runtime, SurvivingRanges.Id, 3, [.. Bytes(1), .. Bytes(1), .. Bytes((ushort)0), .. Bytes(1L), .. Bytes(2L)]);

        var seen = Read(builder);

        Assert.Equal(Enumerable.Range(1, count).Select(i => new SurvivingRange((ulong)i * 0x1000, (ulong)i * 8)).Append(new SurvivingRange(1, 2)), seen.Surviving);
        Assert.False(seen.Incomplete);
    }
}
