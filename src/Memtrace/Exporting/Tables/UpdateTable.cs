using Memtrace.Exporting.Json;
using Memtrace.Monitoring;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of a live view's updates, a row each: the single figures of the JSON line under their paths.</summary>
internal static class UpdateTable
{
    /// <summary>The row of an update.</summary>
    /// <param name="update">The update.</param>
    public static ReportTable Of(LiveUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return ReportTable.Of([update], [.. MonitorSchema.Of(update.Profile.Allocations.Sampling, top: 0).Columns]);
    }
}
