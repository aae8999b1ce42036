using Memtrace.Exporting.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The single figures of a document as a table of two columns, each under its path: <c>memory.rss.peakBytes</c>.</summary>
internal static class SummaryTable
{
    /// <summary>The figures of a report.</summary>
    /// <param name="profile">The profile.</param>
    public static ReportTable Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return Of(ReportSchema.Of(profile.Allocations.Sampling, filter: null), profile);
    }

    /// <summary>The figures of a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public static ReportTable Of(ProfileComparison comparison) => Of(ComparisonSchema.Comparison, comparison);

    private static ReportTable Of<T>(DocumentSchema<T> schema, T subject)
        where T : class => ReportTable.Of(
            schema.Columns,
            new Column<Column<T>>("key", "", ColumnKind.Text, column => column.Key),
            new("value", "", ColumnKind.Text, column => column.Of(subject)));
}
