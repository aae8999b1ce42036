using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Tests.Events;

public sealed class HeapEventsTests
{
    private static byte[] Statistics0
    {
        get
        {
            var payload = new PayloadWriter();
            for (var i = 1; i <= 8; i++)
                payload.Int64(i);
            return payload.Int64(11).Int64(12).Int32(13).Int32(14).Int32(15).Written.ToArray();
        }
    }

    private static byte[] Statistics2 => [.. Statistics0, .. new PayloadWriter().UInt16(9).Int64(100).Int64(200).Written];

    [Fact]
    public void The_heap_is_the_sum_of_all_generations()
    {
        Assert.True(HeapStatistics.TryRead(Recorded.Event(Statistics2), out var statistics));

        var expected = new HeapStatistics(1, 1 + 3 + 5 + 7 + 100, 2 + 4 + 6 + 8 + 200)
        {
            Generations = new GenerationBytes(1, 3, 5, 7, 100),
            FinalizationSurvivors = 12,
            PinnedObjects = 13,
            Handles = 15,
        };
        Assert.Equal(expected, statistics);
    }

    [Fact]
    public void Old_statistics_have_no_pinned_heap()
    {
        Assert.True(HeapStatistics.TryRead(Recorded.Event(Statistics0), out var statistics));

        Assert.Equal((16, 20, 15), (statistics.SizeBytes, statistics.PromotedBytes, statistics.Handles));
    }

    [Fact]
    public void Statistics_without_all_generations_are_ignored() => Assert.False(HeapStatistics.TryRead(Recorded.Event(Statistics2.AsSpan()[..60]), out _));

    [Fact]
    public void Bookkeeping_is_apart_from_what_is_committed_for_objects()
    {
        var payload = Committed("CommittedUsage");

        Assert.True(CommittedUsage.TryRead(Recorded.Event(payload), out var usage));

        Assert.Equal(new CommittedUsage(1, 1111, 5), usage);
        Assert.False(CommittedUsage.TryRead(Recorded.Event(Committed("SizeAdaptationTuning")), out _));
        Assert.False(CommittedUsage.TryRead(Recorded.Event(payload.AsSpan()[..60]), out _));

        static byte[] Committed(string name) =>
            new PayloadWriter().Utf16(name).Int32(42).UInt16(1).Int64(1).Int64(10).Int64(100).Int64(1000).Int64(5).UInt16(9).Written.ToArray();
    }

    [Fact]
    public void The_collectors_history_has_a_memory_load_from_version_2_on()
    {
        var version1 = new PayloadWriter().Int64(5).Int32(8).Int32(2).Int32(1).Int32(6).Int32(0).UInt16(9).Written.ToArray();
        byte[] version2 = [.. version1, .. new PayloadWriter().Int32(1).Int32(73).Written];

        Assert.Equal(new CollectorHistory(1, 8), CollectorHistory.Read(Recorded.Event(version1)));
        Assert.Equal(new CollectorHistory(1, 8) { MemoryLoad = 73 }, CollectorHistory.Read(Recorded.Event(version2)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void A_heaps_history_has_five_generations(int pointerSize)
    {
        var payload = PerHeap(pointerSize);

        Assert.True(HeapHistory.TryRead(Recorded.Event(payload, version: 3, pointerSize: pointerSize), out var history));

        var expected = new HeapHistory(1, new GenerationBytes(11, 211, 411, 611, 811))
        {
            SizeBefore = new GenerationBytes(1, 101, 201, 301, 401),
            FreeBefore = new GenerationBytes(5, 205, 405, 605, 805),
            Size = new GenerationBytes(4, 104, 204, 304, 404),
        };
        Assert.Equal(expected, history);
        Assert.False(HeapHistory.TryRead(Recorded.Event(payload, version: 2, pointerSize: pointerSize), out _));
        Assert.False(HeapHistory.TryRead(Recorded.Event(payload.AsSpan()[..^1], version: 3, pointerSize: pointerSize), out _));
    }

    [Fact]
    public void The_collectors_settings()
    {
        var payload = new PayloadWriter().Int64(1000).Int64(85_000).Int64(4000).Int64(5).Int64(6).Int32(80).Int32(0x8).Written;

        Assert.True(CollectorSettings.TryRead(Recorded.Event(payload), out var settings));

        Assert.Equal(new CollectorSettings(1000, 85_000, true) { PhysicalMemory = 4000, HighMemoryLoad = 80 }, settings);
        Assert.False(CollectorSettings.TryRead(Recorded.Event(payload[..^1]), out _));
    }

    // The instance, seven counters with six numbers among them, five generations of ten counters: of the first 1 to 10, of the second 101 to 110, and so on.
    private static byte[] PerHeap(int pointerSize)
    {
        var payload = new PayloadWriter().UInt16(9).Bytes(new byte[(7 * pointerSize) + (6 * sizeof(int))]).Int32(5);
        for (var i = 0; i < 50; i++)
        {
            var counter = (100 * (i / 10)) + (i % 10) + 1;
            _ = pointerSize == 8 ? payload.Int64(counter) : payload.Int32(counter);
        }

        return payload.Written.ToArray();
    }
}
