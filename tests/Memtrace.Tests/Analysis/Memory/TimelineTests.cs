using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Memory;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Memory;

public sealed class TimelineTests
{
    private static readonly TimeWindow Always = new(double.NegativeInfinity, double.PositiveInfinity);

    [Fact]
    public void Keeps_every_point_while_they_are_few()
    {
        var timeline = new Timeline();
        var memory = new MemoryTracker(Always);
        for (var i = 0; i < 500; i++)
        {
            memory.Add(new ProcessMemorySample(i, new(i * 10, i * 10)));
            timeline.Add(i, memory, new AllocatedBytes(i, -1));
        }

        var points = timeline.Points(AllocationSampling.Randomized);
        Assert.Equal(500, points.Length);
        Assert.Equal(new TimelinePoint(499, 4990, null, null, 499), points[^1]);
    }

    [Fact]
    public void Thins_a_long_recording_without_losing_a_peak()
    {
        var timeline = new Timeline();
        var memory = new MemoryTracker(Always);
        var random = new Random(3);
        for (var i = 0; i < 100_000; i++)
        {
            memory.Add(new ProcessMemorySample(i, new(i == 33_333 ? 9_000_000 : random.Next(1_000_000), 0)));
            memory.Add(new HeapStatistics(i, i == 77_777 ? 8_000_000 : random.Next(1_000_000), 0));
            timeline.Add(i, memory, default);
        }

        var points = timeline.Points(AllocationSampling.None);
        Assert.InRange(points.Length, 500, 1002);
        Assert.Equal(33_333, points.Single(point => point.RssBytes == 9_000_000).Seconds);
        Assert.Equal(77_777, points.Single(point => point.GcHeapBytes == 8_000_000).Seconds);
        Assert.Equal((0, 99_999), (points[0].Seconds, points[^1].Seconds));
        Assert.Equal(points.OrderBy(point => point.Seconds), points);
    }

    [Fact]
    public void Counts_ticks_only_if_there_are_no_samples()
    {
        var timeline = new Timeline();
        timeline.Add(1, new MemoryTracker(Always), new AllocatedBytes(10, 20));
        Assert.Equal(10, timeline.Points(AllocationSampling.Randomized)[0].AllocatedBytes);
        Assert.Equal(20, timeline.Points(AllocationSampling.Tick)[0].AllocatedBytes);
    }
}
