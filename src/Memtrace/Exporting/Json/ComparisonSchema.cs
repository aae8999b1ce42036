using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The document of a comparison. Amounts are in the <c>unit</c> beside them: bytes, bytes per second, or bytes per byte allocated in total.</summary>
internal static class ComparisonSchema
{
    private static readonly Schema<MemoryProfile> Side = new(
        [],
        new ObjectPart<MemoryProfile, ProcessDescription>("process", row => row.Process, ProcessSchema.Process),
        new ObjectPart<MemoryProfile, MemoryProfile>("recording", row => row, RecordingSchema.Recording));

    // Mapped files are left out: their names need not occur on both sides.
    private static readonly Schema<BreakdownChange> Breakdown = new([], [.. BreakdownPart.All.Select(BreakdownOf)]);

    private static readonly Schema<ProfileComparison> Memory = new([], [.. MemoryFigure.All.Select(MemoryOf)]);

    private static readonly Schema<ProfileComparison> Totals = new(
        [], [.. new[] { ComparisonMetric.Allocated, ComparisonMetric.Live, ComparisonMetric.Peak }.Select(TotalOf)]);

    /// <summary>The document.</summary>
    public static DocumentSchema<ProfileComparison> Comparison { get; } = new(JsonComparison.Schema, new(
        [new("normalization", "Normalization", ColumnKind.Text, row => DataName.Of(row.Normalization))],
        new ObjectPart<ProfileComparison, MemoryProfile>("before", row => row.Before, Side),
        new ObjectPart<ProfileComparison, MemoryProfile>("after", row => row.After, Side),
        new ObjectPart<ProfileComparison, ProfileComparison>("memory", row => row, Memory),
        new ObjectPart<ProfileComparison, BreakdownChange>("breakdown", row => row.Breakdown, Breakdown),
        new ObjectPart<ProfileComparison, ProfileComparison>("totals", row => row, Totals),
        new TablePart<ProfileComparison>("types", row => ComparisonTables.Types(row.Metrics)),
        new TablePart<ProfileComparison>("sites", row => ComparisonTables.Sites(row.Metrics))));

    private static SchemaPart<BreakdownChange> BreakdownOf(BreakdownPart part) => new ObjectPart<BreakdownChange, BreakdownChange>(part.Key, row => row, new(
    [
        new("beforeBytes", "Before", Unit.Bytes, row => part.BytesIn(row.Before)),
        new("afterBytes", "After", Unit.Bytes, row => part.BytesIn(row.After)),
        new("changeBytes", "Change", Unit.Bytes, row => part.BytesIn(row.After) - part.BytesIn(row.Before)),
    ]));

    private static SchemaPart<ProfileComparison> MemoryOf(MemoryFigure figure) => new ObjectPart<ProfileComparison, FigureChange>(
        figure.Key,
        row => FigureChange.Of(figure, row),
        new([.. FigureChange.Columns.Select(column => column with { Key = figure.Unit == Unit.Bytes ? column.Key + "Bytes" : column.Key })]));

    private static SchemaPart<ProfileComparison> TotalOf(ComparisonMetric metric) => new ObjectPart<ProfileComparison, Change>(
        DataName.Of(metric), row => row.By(metric)?.Total, new(ComparisonTables.Changes<Change>(change => change)));
}
