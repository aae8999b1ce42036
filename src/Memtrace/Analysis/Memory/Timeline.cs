using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Memory;

/// <summary>
/// Memory over time in a bounded number of points. When there are too many, time is divided into slices, and of each slice the points with the
/// highest resident set and the highest GC heap are kept: no peak is lost.
/// </summary>
/// <param name="limit">About how many points to return, 2 or more.</param>
internal sealed class Timeline(int limit = AnalysisOptions.DefaultTimelinePoints)
{
    private List<Point> _points = [];

    private readonly record struct Point(double Seconds, long? Rss, long? GcHeap, long? GcCommitted, AllocatedBytes Allocated);

    /// <summary>Adds a point, not earlier than the last one.</summary>
    public void Add(double seconds, MemoryTracker memory, AllocatedBytes allocated)
    {
        _points.Add(new Point(seconds, memory.Rss, memory.GcHeap, memory.GcCommitted, allocated));
        if (_points.Count >= 4 * limit)
            _points = Downsample(2 * limit);
    }

    /// <summary>The points, in time order.</summary>
    public ImmutableArray<TimelinePoint> Points(AllocationSampling sampling) =>
    [
        .. Downsample(limit).Select(point =>
            new TimelinePoint(point.Seconds, point.Rss, point.GcHeap, point.GcCommitted, point.Allocated.By(sampling))),
    ];

    private List<Point> Downsample(int most)
    {
        if (_points.Count <= most)
            return _points;
        var (first, last) = (_points[0], _points[^1]);
        var slices = Math.Max(1, (most - 2) / 2);
        var width = (last.Seconds - first.Seconds) / slices;
        var kept = new List<Point>(most) { first };
        var (rss, heap) = (_points[1], _points[1]);
        foreach (ref readonly var point in CollectionsMarshal.AsSpan(_points)[2..^1])
        {
            if (Slice(point) != Slice(rss))
            {
                Keep(kept, rss, heap);
                (rss, heap) = (point, point);
                continue;
            }

            rss = (point.Rss ?? -1) > (rss.Rss ?? -1) ? point : rss;
            heap = (point.GcHeap ?? -1) > (heap.GcHeap ?? -1) ? point : heap;
        }

        Keep(kept, rss, heap);
        kept.Add(last);
        return kept;

        int Slice(in Point point) => width > 0 ? (int)((point.Seconds - first.Seconds) / width) : 0;
    }

    private static void Keep(List<Point> kept, in Point rss, in Point heap)
    {
        kept.Add(rss.Seconds <= heap.Seconds ? rss : heap);
        if (rss != heap)
            kept.Add(rss.Seconds <= heap.Seconds ? heap : rss);
    }
}
