using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The line of a live view: a document in JSON, its single figures in CSV.</summary>
internal static class MonitorSchema
{
    private static readonly Schema<LiveUpdate> Process = new(
    [
        new("id", "Process", Unit.Count, row => row.Profile.Process.Id),
        new("name", "Name", ColumnKind.Text, row => row.Profile.Process.Name),
        new("uptimeSeconds", "Uptime", Unit.Seconds, row => row.UptimeSeconds),
        new("cpuShare", "CPU", Unit.Share, row => row.CpuShare),
        new("threads", "Threads", Unit.Count, row => row.Profile.Readings.LastOrDefault()?.Threads),
    ]);

    private static readonly Schema<LiveUpdate> Generations = new(
    [
        .. Generation.All.Select(generation => new Column<LiveUpdate>(generation.Key + "Bytes", generation.Title, Unit.Bytes, row => row.Generations is { } sizes ? generation.Of(sizes) : null)),
        new("freeBytes", "Free", Unit.Bytes, row => row.Heap?.Free?.Total),
    ]);

    private static readonly Schema<LiveUpdate> Memory = new(
        [
            new("rssBytes", "RSS", Unit.Bytes, row => row.Profile.Memory.Rss?.CurrentBytes),
            new("peakRssBytes", "Peak", Unit.Bytes, row => row.Profile.Memory.Rss?.PeakBytes),
            new("gcHeapBytes", "GC heap", Unit.Bytes, row => row.GcHeapBytes),
            new("gcCommittedBytes", "Committed", Unit.Bytes, row => row.Profile.Memory.GcCommitted?.CurrentBytes),
            new("containerUsageBytes", "Container", Unit.Bytes, row => row.Profile.Memory.Container?.UsageBytes),
            new("containerLimitBytes", "Limit", Unit.Bytes, row => row.Profile.Memory.Container?.LimitBytes),
            new("containerOomKills", "OOM kills", Unit.Count, row => row.Profile.Memory.Container?.OomKills),
        ],
        new ObjectPart<LiveUpdate, LiveUpdate>("generations", row => row.Generations is null ? null : row, Generations));

    private static readonly Schema<LiveUpdate> Collections = new(
    [
        .. CollectionTables.Counts.Select(count => count.Within<LiveUpdate>(count.Key, row => row.Profile.Collections)),
        new("perSecond", "Per second", Unit.Amount, row => row.Recent.CollectionsPerSecond),
        new("pauseTotalMs", "Paused", Unit.Milliseconds, row => row.Profile.Collections.PauseTotalMs),
        new("pauseMaxMs", "Longest", Unit.Milliseconds, row => row.Profile.Collections.PauseMaxMs),
        new("pauseShare", "Of time", Unit.Share, row => row.Recent.PauseShare),
    ]);

    private static readonly Schema<LiveUpdate> Monitor = new(
    [
        new("cpuShare", "CPU", Unit.Share, row => row.Overhead.CpuShare),
        new("rssBytes", "Memory", Unit.Bytes, row => row.Overhead.RssBytes),
        new("lostEvents", "Lost", Unit.Count, row => row.Profile.Recording.LostEvents),
        new("samples", "Samples", Unit.Count, row => row.Profile.Allocations.Total.Samples),
    ]);

    /// <summary>The line of a live view.</summary>
    /// <param name="sampling">How allocations are sampled.</param>
    /// <param name="top">How many types and call sites at most.</param>
    public static DocumentSchema<LiveUpdate> Of(AllocationSampling sampling, int top) => new(JsonUpdate.Schema, new(
        [
            new("at", "At", ColumnKind.Text, row => RecordingSchema.Time(row.At)),
            new("seconds", "Watched", Unit.Seconds, row => row.Profile.Recording.DurationSeconds),
            new("survivalStopped", "Survival stopped", ColumnKind.Text, row => row.Profile.Recording.SurvivalStopped),
            new("endReason", "Ended", ColumnKind.Text, row => EndReasonNames.Of(row.Profile.Recording.EndReason)),
            new("endDetail", "", ColumnKind.Text, row => row.Profile.Recording.EndDetail),
        ],
        new ObjectPart<LiveUpdate, LiveUpdate>("process", row => row, Process),
        new ObjectPart<LiveUpdate, LiveUpdate>("memory", row => row, Memory),
        new ObjectPart<LiveUpdate, LiveUpdate>("allocations", row => row, new(Allocations(sampling))),
        new ObjectPart<LiveUpdate, LiveUpdate>("collections", row => row, Collections),
        new ObjectPart<LiveUpdate, LiveHeapProfile>("live", row => row.Profile.Live, new(Live(sampling))),
        new TablePart<LiveUpdate>("types", row => ReportTable.Of(
            LiveRow.Types(row.Profile, row.Recent.Baseline, row.Recent.Seconds).Take(top), new LiveRowColumns(row.Profile.Allocations).OfType)),
        new TablePart<LiveUpdate>("sites", row => ReportTable.Of(
            LiveRow.Sites(row.Profile, row.Recent.Baseline, row.Recent.Seconds).Take(top), new LiveRowColumns(row.Profile.Allocations).OfSite)),
        new ObjectPart<LiveUpdate, LiveUpdate>("monitor", row => row, Monitor)));

    private static ImmutableArray<Column<LiveUpdate>> Allocations(AllocationSampling sampling)
    {
        var total = new EstimateColumns<LiveUpdate>(sampling, row => row.Profile.Allocations.Total);
        return
        [
            .. total.All,
            new("bytesPerSecond", "Rate", Unit.BytesPerSecond, row => row.Profile.Allocations.IsKnown ? row.Recent.AllocatedBytesPerSecond : null),
        ];
    }

    private static ImmutableArray<Column<LiveHeapProfile>> Live(AllocationSampling sampling)
    {
        var live = new EstimateColumns<LiveHeapProfile>(sampling, row => row.End.Live);
        return
        [
            new("atSeconds", "Live at", Unit.Seconds, row => row.End.AtSeconds),
            .. live.All,
            .. LiveHeapSchema.Coverage.Columns.Skip(1),
            new("growthBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.Growth.IsEmpty ? null : row.Growth.Sum(site => site.BytesPerSecond)),
        ];
    }
}
