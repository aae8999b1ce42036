using Memtrace.Nettrace;

namespace Memtrace.Tests.Nettrace;

public sealed class EventBlockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_written_is_read_again(int seed)
    {
        var random = new Random(seed);
        var written = Enumerable.Range(0, 500).Select(_ => RandomEvent(random)).ToList();
        var writer = new EventBlockWriter();
        foreach (var (header, payload) in written)
            writer.Add(header, payload);
        var block = writer.Complete();

        var reader = new EventBlockReader(NettraceFraming.Objects, block);
        foreach (var (header, payload) in written)
        {
            Assert.True(reader.Read());
            Assert.Equal(header with { PayloadSize = payload.Length }, reader.Header);
            Assert.Equal(payload, reader.Payload.ToArray());
        }

        Assert.False(reader.Read());
        Assert.Equal(written.Max(e => e.Header.Timestamp), EventBlockReader.MaxTimestamp(block));
        Assert.True(writer.IsEmpty);
    }

    [Fact]
    public void A_block_is_damaged_if_an_event_reaches_beyond_its_end()
    {
        var writer = new EventBlockWriter();
        writer.Add(new EventHeader { MetadataId = 1, SequenceNumber = 1, Timestamp = 5 }, [1, 2, 3]);
        var block = writer.Complete();

        Assert.Throws<NettraceException>(() =>
        {
            var reader = new EventBlockReader(NettraceFraming.Objects, block.AsSpan(0, block.Length - 1));
            reader.Read();
        });
    }

    private static (EventHeader Header, byte[] Payload) RandomEvent(Random random)
    {
        var payload = new byte[random.Next(3) * 40];
        random.NextBytes(payload);
        var header = new EventHeader
        {
            MetadataId = 1 + random.Next(3),
            SequenceNumber = (uint)random.Next(1, int.MaxValue),
            CaptureThread = (ulong)random.Next(1, 4),
            Processor = (uint)random.Next(2),
            Thread = (ulong)random.Next(1, 4),
            StackId = (uint)random.Next(3),
            Timestamp = random.NextInt64(1L << 40),
            IsSorted = random.Next(2) == 0,
        };
        return (header, payload);
    }
}
