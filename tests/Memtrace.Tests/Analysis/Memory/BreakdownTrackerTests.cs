using Memtrace.Analysis;
using Memtrace.Analysis.Memory;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Memory;

public sealed class BreakdownTrackerTests
{
    private readonly BreakdownTracker _tracker = new(new TimeWindow(1, 10));

    [Fact]
    public void Snapshots_outside_the_window_are_left_out()
    {
        foreach (var seconds in new[] { 0.5, 1, 10, 11 })
            _tracker.Add(Moment(seconds));

        Assert.Equal([1, 10], _tracker.Snapshots.Select(moment => moment.AtSeconds));
    }

    [Fact]
    public void Missing_snapshots_are_counted_in_the_window()
    {
        foreach (var seconds in new[] { 0.5, 5, 6, 11 })
            _tracker.Add(new BreakdownDrop(seconds, BreakdownDrop.TooSlow));

        Assert.Equal(2, _tracker.Dropped);
    }

    [Fact]
    public void If_the_window_has_none_the_nearest_is_given()
    {
        Assert.Null(_tracker.NearestSeconds);
        foreach (var seconds in new[] { 0.25, 0.5, 11, 12 })
            _tracker.Add(Moment(seconds));
        Assert.Equal(0.5, _tracker.NearestSeconds);

        _tracker.Add(Moment(10));
        Assert.Null(_tracker.NearestSeconds);
    }

    [Fact]
    public void The_generations_are_those_of_the_last_collection_before_it_in_the_window_or_not()
    {
        _tracker.Add(Moment(1));
        _tracker.Add(Heap(0.2, 1));
        _tracker.Add(Moment(2));
        _tracker.Add(Heap(2.5, 2));
        _tracker.Add(Moment(3));

        Assert.Null(_tracker.Snapshots[0].GcHeap);
        Assert.Equal(new GcHeapBreakdown(1, 2, 3, 4, 5, 985), _tracker.Snapshots[1].GcHeap);
        Assert.Equal(new GcHeapBreakdown(2, 4, 6, 8, 10, 970), _tracker.Snapshots[2].GcHeap);
    }

    [Fact]
    public void A_heap_that_is_only_partly_resident_has_no_free_part()
    {
        _tracker.Add(Heap(1, 1000));
        _tracker.Add(Moment(2));

        Assert.Equal(0, _tracker.Snapshots[0].GcHeap!.Free);
    }

    private static HeapStatistics Heap(double seconds, long unit) =>
        new(seconds, 15 * unit, 0) { Generations = new GenerationBytes(unit, 2 * unit, 3 * unit, 4 * unit, 5 * unit) };

    private static MemoryBreakdown Moment(double seconds) => new(
        seconds, BreakdownReason.Interval, 1500, 0, [new(MemoryCategory.GcHeap, 1000), new(MemoryCategory.Images, 500)],
        null, new ImageMemory(500, 0), new MallocMemory(0, 0, 0, 0), 1, [], [], []);
}
