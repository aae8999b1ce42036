using System.Collections.Immutable;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Memory;

/// <summary>Tracks the memory of the process, its container and the machine over a window.</summary>
/// <param name="window">The window that counts.</param>
/// <param name="seriesLength">How many samples to keep.</param>
internal sealed class MemoryTracker(TimeWindow window, int seriesLength = AnalysisOptions.DefaultSeriesLength)
{
    private readonly MeasureTracker _rss = new();
    private readonly MeasureTracker _gcHeap = new();
    private readonly MeasureTracker _gcCommitted = new();
    private readonly EvenSeries<ProcessReading> _readings = new(seriesLength);
    private readonly EvenSeries<UsageReading> _usage = new(seriesLength);
    private long? _processPeak;
    private long? _firstOomKills;
    private double? _lastAlive;
    private ContainerMemory? _container;
    private double? _pressure;
    private MachineMemory? _machine;

    /// <summary>Resident set as of the last sample.</summary>
    public long? Rss => _rss.Current;

    /// <summary>GC heap as of the last collection.</summary>
    public long? GcHeap => _gcHeap.Current;

    /// <summary>Committed memory as of the last collection.</summary>
    public long? GcCommitted => _gcCommitted.Current;

    /// <summary>Adds a sample of the process.</summary>
    public void Add(in ProcessMemorySample sample)
    {
        _lastAlive = sample.Seconds;
        if (!window.Contains(sample.Seconds))
            return;
        var memory = sample.Memory;
        _rss.Add(sample.Seconds, memory.Rss);
        _readings.Add(new ProcessReading(sample.Seconds, memory.Rss, memory.RssFile, memory.Swap, memory.MajorFaults, memory.Threads));
        if (memory.PeakRss is { } peak)
            _processPeak = Math.Max(_processPeak ?? 0, peak);
    }

    /// <summary>
    /// Adds a sample of the container. Its OOM kills count from its creation, so those during the recording are the difference to the first sample, even
    /// if that is outside of the window. Usage after the process has exited does not concern it; then only kills and peak are taken over.
    /// </summary>
    public void Add(in ContainerMemorySample sample)
    {
        var memory = sample.Memory;
        _firstOomKills ??= memory.OomKills;
        if (!window.Contains(sample.Seconds))
            return;
        _container = IsOutlived(sample.Seconds) && _container is { } before ? before with { OomKills = memory.OomKills, Peak = memory.Peak } : memory;
        if (!IsOutlived(sample.Seconds))
            _usage.Add(new UsageReading(sample.Seconds, memory));
        if (memory.PressureSome10 is { } pressure)
            _pressure = Math.Max(_pressure ?? 0, pressure);
    }

    /// <summary>Adds a sample of the machine.</summary>
    public void Add(in MachineMemorySample sample)
    {
        if (window.Contains(sample.Seconds) && !(IsOutlived(sample.Seconds) && _machine is not null))
            _machine = sample.Memory;
    }

    /// <summary>Adds the GC heap after a collection.</summary>
    public void Add(in HeapStatistics statistics)
    {
        if (window.Contains(statistics.Seconds))
            _gcHeap.Add(statistics.Seconds, statistics.SizeBytes);
    }

    /// <summary>Adds what the GC has committed after a collection.</summary>
    public void Add(in CommittedUsage usage)
    {
        if (window.Contains(usage.Seconds))
            _gcCommitted.Add(usage.Seconds, usage.HeapBytes);
    }

    /// <summary>The window's memory, without its growth.</summary>
    public MemorySummary Summarize() => new(
        _rss.ToMeasure(), _gcHeap.ToMeasure(), _gcCommitted.ToMeasure(), _processPeak, Container(), Machine());

    /// <summary>The operating system's figures for the process over the window.</summary>
    public ImmutableArray<ProcessReading> Readings() => [.. _readings.Items];

    /// <summary>Whether the process has exited. Each round of samples begins with the process as long as it exists.</summary>
    private bool IsOutlived(double seconds) => seconds > _lastAlive;

    private ContainerMemorySummary? Container() => _container is { } last
        ? new ContainerMemorySummary(last.Limit, last.Usage, Math.Max(0, (last.OomKills - _firstOomKills) ?? 0))
        {
            PeakBytes = last.Peak,
            AnonymousBytes = last.Anonymous,
            FileBytes = last.File,
            SharedBytes = last.Shared,
            KernelBytes = last.Kernel,
            PressurePercent = _pressure,
            Growth = UsageGrowth(last),
        }
        : null;

    /// <summary>Only if the limit is the same: another limit means that another control group is measured.</summary>
    private MemoryGrowth? UsageGrowth(ContainerMemory last) =>
        Trend.Growth([.. _usage.Items.Where(reading => reading.Memory.Limit == last.Limit).Select(reading => new RegressionLine.Point(reading.Seconds, reading.UsedBytes))]) is { } trend
            ? new MemoryGrowth(trend.PerSecond, trend.Error, trend.Seconds)
            : null;

    private readonly record struct UsageReading(double Seconds, ContainerMemory Memory)
    {
        /// <summary>Without page cache, which the kernel reclaims.</summary>
        public double UsedBytes => Memory.Usage - Memory.Reclaimable;
    }

    private MachineMemorySummary? Machine() => _machine is { } last ? new MachineMemorySummary(last.Total, last.Available) : null;
}
