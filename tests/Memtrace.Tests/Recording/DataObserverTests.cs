using Memtrace.Recording;
using Memtrace.Nettrace;
using Memtrace.Tests.Nettrace;

namespace Memtrace.Tests.Recording;

public sealed class DataObserverTests
{
    private const long Start = SyntheticSession.Start;
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    private readonly TraceObject _trace = TraceObject.Parse(NettraceFraming.Objects, SyntheticSession.TraceOf(NettraceFraming.Objects, 1));

    [Theory]
    [InlineData((int)NettraceFraming.Objects)]
    [InlineData((int)NettraceFraming.Blocks)]
    public async Task Gaps_in_a_threads_numbers_are_lost_events(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing)
            .Events(1, Start + 1, Start + 2)
            .Lose(1, 3)
            .Events(1, Start + 4)
            .Lose(2, 5)
            .SequencePoint(Start + 5)
            .Events(2, Start + 6);

        var observer = await ObserveAsync(session);

        Assert.Equal(8, observer.LostEvents);
        Assert.Equal(Start + 6, observer.LastTimestamp);
    }

    [Fact]
    public void A_pause_counts_as_a_heap_walk_only_if_ranges_came_during_it()
    {
        var observer = new DataObserver(NettraceFraming.Objects, _trace);
        Declare(observer, (1, 9), (2, 21), (3, 3));
        Observe(observer, (1, Start + 0), (3, Start + 700_000_000));
        Assert.Equal(0, observer.LongestWalkMs);

        Observe(observer, (1, Start + 800_000_000), (2, Start + 810_000_000), (3, Start + 840_000_000));

        Assert.Equal(40, observer.LongestWalkMs, precision: 6);
    }

    [Fact]
    public void A_blocking_collection_is_not_a_heap_walk()
    {
        var observer = new DataObserver(NettraceFraming.Objects, _trace);
        Declare(observer, (1, 9), (2, 21), (3, 3), (4, 1));
        static byte[] Collection(int type) => new PayloadWriter().Int32(1).Int32(1).Int32(0).Int32(type).UInt16(7).Int64(0).Written.ToArray();
        Observe(observer, (1, Start + 1));
        Observe(observer, Collection(type: 0), (4, Start + 2));
        Observe(observer, (2, Start + 3), (3, Start + 700_000_000));
        Assert.Equal(0, observer.LongestWalkMs);

        Observe(observer, (1, Start + 800_000_000));
        Observe(observer, Collection(type: 1), (4, Start + 800_000_001));
        Observe(observer, (2, Start + 810_000_000), (3, Start + 840_000_000));

        Assert.Equal(40, observer.LongestWalkMs, precision: 6);
    }

    [Fact]
    public void Allocation_is_estimated_from_the_samples()
    {
        var observer = new DataObserver(NettraceFraming.Objects, _trace);
        Declare(observer, (1, 303));
        var payload = new PayloadWriter().Int32(0).UInt16(7).Int64(0x1000).Utf16("System.String").Int64(0x2000).Int64(100).Int64(5).Written.ToArray();
        Observe(observer, payload, (1, Start + 1), (1, Start + 2));

        // 100 bytes are sampled with 1 - (1 - 1/102400)^100, computed here by other means than the product's.
        var probability = 1 - Math.Pow(1 - (1 / 102400.0), 100);
        Assert.Equal(2 * 100 / probability, observer.Allocated, precision: 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void An_impossible_size_does_not_spoil_the_estimate(long size)
    {
        var observer = new DataObserver(NettraceFraming.Objects, _trace);
        Declare(observer, (1, 303));
        Observe(observer, new PayloadWriter().Int32(0).UInt16(7).Int64(0x1000).Utf16("T").Int64(0x2000).Int64(size).Int64(5).Written.ToArray(), (1, Start + 1));

        Assert.Equal(0, observer.Allocated);
    }

    [Fact]
    public void The_heap_is_the_sum_of_all_generations()
    {
        var observer = new DataObserver(NettraceFraming.Objects, _trace);
        Declare(observer, (1, 4));
        var payload = new PayloadWriter();
        foreach (var size in new[] { 1, 20, 300, 4000 })
            payload.Int64(size).Int64(999);
        payload.Int64(0).Int64(0).Int32(0).Int32(0).Int32(0).UInt16(7).Int64(50000).Int64(999);
        Observe(observer, payload.Written.ToArray(), (1, Start + 1));

        Assert.Equal(54321, observer.GcHeap);
    }

    private static async Task<DataObserver> ObserveAsync(SyntheticSession session)
    {
        var reader = new BlockReader(new MemoryStream(session.Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var trace = await reader.ReadBlockAsync(TestContext.Current.CancellationToken);
        var observer = new DataObserver(reader.Framing, TraceObject.Parse(reader.Framing, trace!.Value.Payload.Span));
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
            observer.Observe(block);
        return observer;
    }

    private static void Declare(DataObserver observer, params (int MetadataId, int EventId)[] kinds)
    {
        foreach (var (metadataId, eventId) in kinds)
        {
            var block = EventMetadata.Declare(NettraceFraming.Objects, RuntimeProvider, metadataId, [new EventDescription(eventId, "")]);
            observer.Observe(new NettraceBlock(BlockKind.Metadata, block));
        }
    }

    private static void Observe(DataObserver observer, params (int MetadataId, long Time)[] events) => Observe(observer, [], events);

    private static void Observe(DataObserver observer, byte[] payload, params (int MetadataId, long Time)[] events)
    {
        var block = new EventBlockWriter();
        uint number = 0;
        foreach (var (metadataId, time) in events)
            block.Add(new EventHeader { MetadataId = metadataId, Timestamp = time, SequenceNumber = ++number, CaptureThread = 1, Thread = 1 }, payload);
        observer.Observe(new NettraceBlock(BlockKind.Event, block.Complete()));
    }
}
