using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>Gathers where the resident set was over a window, with the GC heap by generation as the last collection before each moment left it.</summary>
internal sealed class BreakdownTracker(TimeWindow window)
{
    private readonly EvenSeries<MemoryBreakdown> _moments = new();
    private GenerationBytes? _generations;

    /// <summary>The moments so far, in order of time.</summary>
    public ImmutableArray<MemoryBreakdown> Moments => [.. _moments.Items];

    /// <summary>The heap after a collection.</summary>
    public void Add(in HeapStatistics statistics) => _generations = statistics.Generations;

    /// <summary>A moment.</summary>
    public void Add(MemoryBreakdown breakdown)
    {
        if (window.Contains(breakdown.AtSeconds))
            _moments.Add(_generations is { } sizes ? breakdown.WithGenerations(sizes) : breakdown);
    }
}
