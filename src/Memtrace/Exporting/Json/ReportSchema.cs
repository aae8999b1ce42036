using Memtrace.Analysis;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The document of a report.</summary>
internal static class ReportSchema
{
    /// <summary>An item of the member <c>findings</c>.</summary>
    public static Schema<Finding> Finding { get; } = new(
        [
            new("id", "Rule", ColumnKind.Text, row => row.Id),
            new("severity", "Severity", ColumnKind.Text, row => DataName.Of(row.Severity)),
            new("title", "Finding", ColumnKind.Text, row => row.Title),
            new("detail", "Detail", ColumnKind.Text, row => row.Detail),
            new("advice", "Advice", ColumnKind.Text, row => row.Advice),
        ],
        Next,
        new FiguresPart<Finding>("evidence", row => row.Evidence.SelectMany(FindingTable.Figures)));

    /// <summary>The next steps of a finding.</summary>
    public static CellsPart<Finding> Next => new("next", row => row.Next.Select(step => new TextCell(DataName.Of(step))));

    private static readonly Schema<CollectionSummary> Collections = new(
        CollectionTables.Totals,
        new TablePart<CollectionSummary>("items", row => CollectionTables.Each(row.Items)));

    /// <summary>The document of a profile.</summary>
    /// <param name="sampling">How its allocations were sampled.</param>
    /// <param name="filter">What it was filtered by; null for nothing.</param>
    public static DocumentSchema<MemoryProfile> Of(AllocationSampling sampling, ProfileFilter? filter) => new(JsonReport.Schema, new(
        [],
        new ObjectPart<MemoryProfile, ProcessDescription>("process", row => row.Process, ProcessSchema.Process),
        new ObjectPart<MemoryProfile, MemoryProfile>("recording", row => row, RecordingSchema.Recording),
        new ObjectPart<MemoryProfile, LeakVerdict>("leak", row => row.Leak, LeakSchema.Leak),
        new ItemsPart<MemoryProfile, Finding>("findings", row => row.Findings, Finding),
        new ObjectPart<MemoryProfile, MemoryProfile>("memory", row => row, MemorySchema.Memory),
        new ItemsPart<MemoryProfile, MemoryBreakdown>("breakdown", row => row.Breakdown, BreakdownSchema.Breakdown),
        new ObjectPart<MemoryProfile, CollectionSummary>("collections", row => row.Collections, Collections),
        new ObjectPart<MemoryProfile, AllocationProfile>("allocations", row => row.Allocations, Allocations(sampling, filter)),
        new ObjectPart<MemoryProfile, LiveHeapProfile>("live", row => row.Live, new LiveHeapSchema(sampling).Live),
        new TablePart<MemoryProfile>("growth", row => row.Live is { } live ? GrowthTable.Of(live.Growth, sampling) : null),
        new TablePart<MemoryProfile>("lifetimes", row => row.Live is { } live ? LifetimeTable.Of(live.Lifetimes, sampling) : null),
        new TablePart<MemoryProfile>("timeline", row => TimelineTable.Of(row.Timeline, row.Recording.WindowStartSeconds))));

    private static Schema<AllocationProfile> Allocations(AllocationSampling sampling, ProfileFilter? filter)
    {
        var total = new EstimateColumns<AllocationProfile>(sampling, row => row.Total);
        return new(
            [
                new("filter", "Filter", ColumnKind.Text, _ => filter?.Names?.ToString()),
                new("typeFilter", "Types", ColumnKind.Text, _ => filter?.Types?.ToString()),
                .. total.All,
                new("bytesPerSecond", "Rate", Unit.BytesPerSecond, row => row.IsKnown ? row.BytesPerSecond : null),
            ],
            new TablePart<AllocationProfile>("types", AllocationTables.Types),
            new TablePart<AllocationProfile>("sites", AllocationTables.Sites));
    }
}
