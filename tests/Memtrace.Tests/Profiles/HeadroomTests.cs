using Memtrace.Profiles;

namespace Memtrace.Tests.Profiles;

public sealed class HeadroomTests
{
    [Theory]
    [InlineData(1000L, 400, 5000L, HeadroomOwner.Container, 600)]
    [InlineData(1000L, 400, 500L, HeadroomOwner.Machine, 500)]
    [InlineData(1000L, 1200, 500L, HeadroomOwner.Container, 0)]
    [InlineData(null, 400, 500L, HeadroomOwner.Machine, 500)]
    [InlineData(1000L, 400, null, HeadroomOwner.Container, 600)]
    public void The_limit_that_is_reached_first_counts(long? limit, long usage, long? available, HeadroomOwner owner, long left) =>
        Assert.Equal(new Headroom(owner, left, null), Memory(limit, usage, available, null).Headroom);

    [Theory]
    [InlineData(null, null, 100)]
    [InlineData(700, null, 800)]
    [InlineData(700, 500, 300)]
    [InlineData(700, 900, 100)]
    [InlineData(950, 0, 1000)]
    public void Reclaimable_memory_counts_as_left(int? files, int? shared, long left)
    {
        var container = new ContainerMemorySummary(1000, 900, 0) { FileBytes = files, SharedBytes = shared };

        Assert.Equal((left, 1000 - left), (container.LeftBytes, container.UsedBytes));
        Assert.Equal(left, new MemorySummary(null, null, null, null, container, null).Headroom!.Bytes);
    }

    [Fact]
    public void Without_a_limit_or_a_machine_nothing_is_known() => Assert.Null(Memory(null, 400, null, null).Headroom);

    [Fact]
    public void The_limit_is_reached_at_the_measured_growth()
    {
        Assert.Equal(60, Memory(1000, 400, null, new RssGrowth(10, 2, 60, IsGcHeap: false)).Headroom!.ReachedAfterSeconds);
        Assert.Null(Memory(1000, 400, null, null).Headroom!.ReachedAfterSeconds);
        Assert.Null(Memory(1000, 400, null, new RssGrowth(10, 2, 5, IsGcHeap: false)).Headroom!.ReachedAfterSeconds);
    }

    [Fact]
    public void The_limit_of_the_GC_counts_if_the_GC_heap_grows()
    {
        var memory = Memory(1000, 400, null, new RssGrowth(10, 2, 60, IsGcHeap: true)) with { GcHeapLeftBytes = 200 };

        Assert.Equal((HeadroomOwner.GcHeap, 20.0), (memory.Headroom!.Owner, memory.Headroom.ReachedAfterSeconds));
        Assert.Equal(HeadroomOwner.Container, (memory with { RssGrowth = memory.RssGrowth! with { IsGcHeap = false } }).Headroom!.Owner);
    }

    private static MemorySummary Memory(long? limit, long usage, long? available, RssGrowth? growth) => new(
        null,
        null,
        null,
        null,
        new ContainerMemorySummary(limit, usage, 0),
        available is { } bytes ? new MachineMemorySummary(10_000, bytes) : null)
    {
        RssGrowth = growth,
    };
}
