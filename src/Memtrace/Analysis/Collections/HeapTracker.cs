using System.Collections.Immutable;
using Memtrace.Analysis.Memory;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Collections;

/// <summary>
/// Gathers the state of the GC heap after each collection. The events arrive in this order: committed memory, one history per GC heap, committed memory again,
/// the end of the collection, the statistics.
/// </summary>
/// <param name="window">The window that counts.</param>
/// <param name="seriesLength">How many full, and how many partial collections to keep.</param>
internal sealed class HeapTracker(TimeWindow window, int seriesLength)
{
    // gc_heap::initialize_gc of the runtime: from this much memory on, the high memory load threshold depends on the number of processors.
    private const long LargeMemory = 80L << 30;
    private const int UsualHighLoad = 90;

    // Kept apart, so that the many partial collections do not displace the few full ones, which say most.
    private readonly EvenSeries<HeapPoint> _full = new(seriesLength);
    private readonly EvenSeries<HeapPoint> _partial = new(seriesLength);
    private int _generation;
    private GenerationBytes? _free;
    private long? _committed, _finalizable;
    private long _pending;
    private CollectorSettings? _settings;
    private int? _load;

    /// <summary>Free bytes of one GC heap.</summary>
    public void Add(in HeapHistory history) => _free = (_free ?? default) + history.Free;

    /// <summary>Committed memory.</summary>
    public void Add(in CommittedUsage usage) => _committed = usage.HeapBytes;

    /// <summary>What one GC heap keeps alive from one kind of root.</summary>
    public void Add(in MarkedRoots roots)
    {
        if (roots.Kind is MarkedRootKind.FinalizerQueue or MarkedRootKind.NewInFinalizerQueue && roots.Bytes is { } bytes)
            _finalizable = (_finalizable ?? 0) + bytes;
    }

    /// <summary>A collection ends.</summary>
    public void Add(in CollectionEnd end) => _generation = end.Generation;

    /// <summary>The finalizer thread has emptied its queue. Some of what it ran may date from before the recording.</summary>
    public void Add(in FinalizersEnd end) => _pending = Math.Max(0, _pending - end.Count);

    /// <summary>Conditions that a collection met.</summary>
    public void Add(in CollectorHistory history) => _load = history.MemoryLoad ?? _load;

    /// <summary>The settings of the GC.</summary>
    public void Add(in CollectorSettings settings) => _settings = settings;

    /// <summary>The heap after the last collection.</summary>
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
            _pending)
        {
            FinalizationBytes = _finalizable,
        };
        (_free, _finalizable) = (null, null);
        if (window.Contains(point.Seconds))
            (point.Generation == 2 ? _full : _partial).Add(point);
    }

    /// <summary>The heap over the window.</summary>
    public ImmutableArray<HeapPoint> Points() => [.. _full.Items.Concat(_partial.Items).OrderBy(point => point.Seconds)];

    /// <summary>The settings of the GC; null if unknown.</summary>
    /// <param name="memory">Memory of the container and the machine, which the GC takes its limits from.</param>
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
