using Memtrace.HeapSnapshots;

namespace Memtrace.Tests.HeapSnapshots;

/// <summary>What a snapshot is said to cost, for made-up heaps.</summary>
public sealed class HeapCostTests
{
    private const long MiB = 1 << 20, GiB = 1 << 30;

    [Theory]
    [InlineData(100 * MiB, null, null)]
    [InlineData(100 * MiB, 100 * MiB, null)]
    [InlineData(100 * MiB, 99 * MiB, "The container of the process has 99.0 MiB left below its limit, but the snapshot may need 99.3 MiB: the process could be killed.")]
    [InlineData(100 * GiB, 1040 * MiB, null)]
    [InlineData(100 * GiB, 500 * MiB, "The container of the process has 500.0 MiB left below its limit, but the snapshot may need 1.0 GiB: the process could be killed.")]
    [InlineData(null, 16 * MiB, null)]
    public void A_container_without_room_for_the_events_is_refused(long? heap, long? headroom, string? expected) =>
        Assert.Equal(expected, new HeapCost(heap, headroom).Obstacle(HeapContent.Graph)?.Message);

    [Theory]
    [InlineData(null, 1040, false)]
    [InlineData(64, 80, false)]
    [InlineData(64, 79, true)]
    [InlineData(4096, 3000, true)]
    [InlineData(4096, 4112, false)]
    public void No_more_events_wait_than_the_requested_buffer_holds(int? bufferMB, long headroomMB, bool isRefused)
    {
        var cost = new HeapCost(100 * 1000 * GiB, headroomMB * MiB) { RequestedBufferMB = bufferMB };

        Assert.Equal(isRefused, cost.Obstacle(HeapContent.Histogram) is not null);
        Assert.Equal(bufferMB ?? 1024, cost.BufferSizeMB);
    }

    [Theory]
    [InlineData(nameof(HeapContent.Graph), 10 * GiB, null, null)]
    [InlineData(nameof(HeapContent.Graph), 10 * GiB, 6 * GiB, null)]
    [InlineData(nameof(HeapContent.Graph), 10 * GiB, 3 * GiB, "A snapshot of a heap of 10.0 GiB takes about 5.1 GiB of memory to read here, but only 3.0 GiB is available.")]
    [InlineData(nameof(HeapContent.Histogram), 10 * GiB, 3 * GiB, null)]
    [InlineData(nameof(HeapContent.Histogram), 10 * GiB, GiB, "A snapshot of a heap of 10.0 GiB takes about 2.1 GiB of memory to read here, but only 1.0 GiB is available.")]
    public void A_heap_that_is_too_large_for_this_machine_is_refused(string content, long heap, long? available, string? expected) =>
        Assert.Equal(expected, new HeapCost(heap, HeadroomBytes: null) { AvailableBytes = available }.Obstacle(Enum.Parse<HeapContent>(content))?.Message);

    [Theory]
    [InlineData(0, "3.0 s to 47.2 s")]
    [InlineData(4 * GiB, "10 ms to 889 ms")]
    public void Large_objects_take_little_time(long large, string expected) =>
        Assert.Equal(expected, new HeapCost(4 * GiB, HeadroomBytes: null) { LargeBytes = large }.PauseRange);
}
