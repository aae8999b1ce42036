using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Memory;

/// <summary>Gathers where the resident set was over a window, with the GC heap by generation as the last collection before each moment left it.</summary>
internal sealed class BreakdownTracker(TimeWindow window)
{
    private readonly EvenSeries<MemoryBreakdown> _snapshots = new();
    private GenerationBytes? _generations;
    private double? _nearest;

    /// <summary>The moments so far, in order of time.</summary>
    public ImmutableArray<MemoryBreakdown> Snapshots => [.. _snapshots.Items];

    /// <summary>The moment nearest to a window that has none, in seconds; null where it has one, or there is none at all.</summary>
    public double? NearestSeconds => _snapshots.Items.Any() ? null : _nearest;

    /// <summary>The heap after a collection.</summary>
    public void Add(in HeapStatistics statistics) => _generations = statistics.Generations;

    /// <summary>A moment.</summary>
    public void Add(MemoryBreakdown breakdown)
    {
        if (_nearest is not { } nearest || window.Distance(breakdown.AtSeconds) < window.Distance(nearest))
            _nearest = breakdown.AtSeconds;
        if (window.Contains(breakdown.AtSeconds))
            _snapshots.Add(_generations is { } sizes ? breakdown.WithGenerations(sizes) : breakdown);
    }
}
