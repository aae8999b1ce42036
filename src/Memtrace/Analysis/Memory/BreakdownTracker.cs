using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Memory;

/// <summary>Collects the breakdowns of a window, each with the GC heap by generation as of the last collection before it.</summary>
internal sealed class BreakdownTracker(TimeWindow window)
{
    private readonly EvenSeries<MemoryBreakdown> _snapshots = new();
    private GenerationBytes? _generations;
    private double? _nearest;

    /// <summary>The snapshots so far, in time order.</summary>
    public ImmutableArray<MemoryBreakdown> Snapshots => [.. _snapshots.Items];

    /// <summary>If the window has no snapshot, the time of the nearest one, in seconds; otherwise, or if there is none at all, null.</summary>
    public double? NearestSeconds => _snapshots.Items.Any() ? null : _nearest;

    /// <summary>How many snapshots of the window are missing, because they took too long or the process changed too much meanwhile.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds the heap after a collection.</summary>
    public void Add(in HeapStatistics statistics) => _generations = statistics.Generations;

    /// <summary>Notes that a snapshot is missing.</summary>
    public void Add(in BreakdownDrop drop) => Dropped += window.Contains(drop.Seconds) ? 1 : 0;

    /// <summary>Adds a snapshot.</summary>
    public void Add(MemoryBreakdown breakdown)
    {
        if (_nearest is not { } nearest || window.Distance(breakdown.AtSeconds) < window.Distance(nearest))
            _nearest = breakdown.AtSeconds;
        if (window.Contains(breakdown.AtSeconds))
            _snapshots.Add(_generations is { } sizes ? breakdown.WithGenerations(sizes) : breakdown);
    }
}
