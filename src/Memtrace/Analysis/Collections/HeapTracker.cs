using System.Collections.Immutable;
using Memtrace.Analysis.Memory;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Collections;

/// <summary>
/// Gathers what the collector says about its heap after each collection. Its events come in this order: committed memory, one history for each of its heaps,
/// committed memory again, the collection's end, the statistics.
/// </summary>
internal sealed class HeapTracker(TimeWindow window)
{
    // gc_heap::initialize_gc of the runtime: from so much memory on the high memory load depends on the number of processors.
    private const long LargeMemory = 80L << 30;
    private const int UsualHighLoad = 90;

    // Full collections are rare and say most, so that others do not push them out.
    private readonly EvenSeries<HeapPoint> _full = new();
    private readonly EvenSeries<HeapPoint> _partial = new();
    private int _generation;
    private GenerationBytes? _free;
    private long? _committed;
    private long _pending;
    private CollectorSettings? _settings;
    private int? _load;

    /// <summary>What one of the collector's heaps has free.</summary>
    public void Add(in HeapHistory history) => _free = (_free ?? default) + history.Free;

    /// <summary>What is committed.</summary>
    public void Add(in CommittedUsage usage) => _committed = usage.HeapBytes;

    /// <summary>A collection ends.</summary>
    public void Add(in CollectionEnd end) => _generation = end.Generation;

    /// <summary>The finalizer thread is through. What it ran may have been found before the recording.</summary>
    public void Add(in FinalizersEnd end) => _pending = Math.Max(0, _pending - end.Count);

    /// <summary>What a collection met.</summary>
    public void Add(in CollectorHistory history) => _load = history.MemoryLoad ?? _load;

    /// <summary>What the collector goes by.</summary>
    public void Add(in CollectorSettings settings) => _settings = settings;

    /// <summary>The heap after the collection that ended last.</summary>
    public void Add(in HeapStatistics statistics)
    {
        _pending += statistics.FinalizationSurvivors;
        var point = new HeapPoint(
            statistics.Seconds,
            _generation,
            statistics.Generations,
            _free,
            _committed,
            statistics.PinnedObjects,
            statistics.Handles,
            statistics.FinalizationSurvivors,
            _pending);
        _free = null;
        if (window.Contains(point.Seconds))
            (point.Generation == 2 ? _full : _partial).Add(point);
    }

    /// <summary>The heap over the window.</summary>
    public ImmutableArray<HeapPoint> Points() => [.. _full.Items.Concat(_partial.Items).OrderBy(point => point.Seconds)];

    /// <summary>What the collector goes by, or null where it did not say.</summary>
    /// <param name="memory">The memory of container and machine, which the collector reads for itself.</param>
    public GcSettings? Settings(MemorySummary memory)
    {
        if (_settings is not { } settings)
            return null;
        var physical = Smallest(memory.Container?.LimitBytes, memory.Machine?.TotalBytes);
        var total = settings.PhysicalMemory > 0 ? settings.PhysicalMemory : physical;
        return new GcSettings(settings.HardLimit > 0 ? settings.HardLimit : null, settings.HardLimitConfigured, settings.LargeObjectThreshold)
        {
            TotalAvailableBytes = settings.HardLimit > 0 ? settings.HardLimit : total,
            HighLoadPercent = settings.HighMemoryLoad > 0 ? settings.HighMemoryLoad : total < LargeMemory ? UsualHighLoad : null,
            LoadPercent = _load,
        };
    }

    private static long? Smallest(long? left, long? right) => left is { } one && right is { } other ? Math.Min(one, other) : left ?? right;
}
