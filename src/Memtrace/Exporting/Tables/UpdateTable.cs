using System.Globalization;
using Memtrace.Monitoring;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a live view's moments, a row each.</summary>
public static class UpdateTable
{
    /// <summary>The table.</summary>
    /// <param name="moments">The moments in order of time.</param>
    public static ReportTable Of(IEnumerable<LiveUpdate> moments) => ReportTable.Of(
        moments,
        new Column<LiveUpdate>("at", "At", ColumnKind.Text, row => row.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        new("seconds", "Watched", ColumnKind.Seconds, row => row.Profile.Recording.DurationSeconds),
        new("rssBytes", "RSS", ColumnKind.Bytes, row => row.Profile.Memory.Rss?.CurrentBytes),
        new("peakRssBytes", "Peak", ColumnKind.Bytes, row => row.Profile.Memory.Rss?.PeakBytes),
        new("gcHeapBytes", "GC heap", ColumnKind.Bytes, row => row.Profile.Memory.GcHeap?.CurrentBytes),
        new("gcCommittedBytes", "Committed", ColumnKind.Bytes, row => row.Profile.Memory.GcCommitted?.CurrentBytes),
        new("containerUsageBytes", "Container", ColumnKind.Bytes, row => row.Profile.Memory.Container?.UsageBytes),
        new("containerLimitBytes", "Limit", ColumnKind.Bytes, row => row.Profile.Memory.Container?.LimitBytes),
        new("allocatedBytes", "Allocated", ColumnKind.Bytes, row => row.Profile.Allocations.IsKnown ? row.Profile.Allocations.Total.Bytes : null),
        new("allocatedBytesPerSecond", "Rate", ColumnKind.Rate, row => row.Profile.Allocations.IsKnown ? row.Recent.AllocatedBytesPerSecond : null),
        new("liveBytes", "Live", ColumnKind.Bytes, row => row.Profile.Live?.End.Live.Bytes),
        new("gen0", "Gen 0", ColumnKind.Count, row => row.Profile.Collections.Count(0)),
        new("gen1", "Gen 1", ColumnKind.Count, row => row.Profile.Collections.Count(1)),
        new("gen2", "Gen 2", ColumnKind.Count, row => row.Profile.Collections.Count(2)),
        new("pauseTotalMs", "Paused", ColumnKind.Milliseconds, row => row.Profile.Collections.PauseTotalMs),
        new("pauseShare", "Of time", ColumnKind.Share, row => row.Recent.PauseShare),
        new("samples", "Samples", ColumnKind.Count, row => row.Profile.Allocations.IsKnown ? row.Profile.Allocations.Total.Samples : null),
        new("lostEvents", "Lost", ColumnKind.Count, row => row.Profile.Recording.LostEvents),
        new("monitorCpuShare", "CPU", ColumnKind.Share, row => row.Overhead.CpuShare),
        new("monitorRssBytes", "Memory", ColumnKind.Bytes, row => row.Overhead.RssBytes),
        new("cpuShare", "Process CPU", ColumnKind.Share, row => row.CpuShare),
        new("threads", "Threads", ColumnKind.Count, row => row.Profile.Readings.LastOrDefault()?.Threads),
        new("gen0Bytes", "Gen 0 size", ColumnKind.Bytes, row => row.Heap?.Size.Gen0),
        new("gen1Bytes", "Gen 1 size", ColumnKind.Bytes, row => row.Heap?.Size.Gen1),
        new("gen2Bytes", "Gen 2 size", ColumnKind.Bytes, row => row.Heap?.Size.Gen2),
        new("lohBytes", "LOH", ColumnKind.Bytes, row => row.Heap?.Size.Loh),
        new("pohBytes", "POH", ColumnKind.Bytes, row => row.Heap?.Size.Poh),
        new("freeBytes", "Free", ColumnKind.Bytes, row => row.Heap?.Free?.Total),
        new("liveAtSeconds", "Live at", ColumnKind.Seconds, row => row.Profile.Live?.End.AtSeconds));
}
