using System.Globalization;
using Memtrace.Footprint.Maps;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>Each mapping of a process with its category.</summary>
internal static class MappingTable
{
    /// <summary>A row for each.</summary>
    /// <param name="map">The mappings.</param>
    public static ReportTable Of(MemoryMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return ReportTable.Of(
            map.Mappings,
            new Column<ClassifiedMapping>("start", "Start", ColumnKind.Tag, row => Hex(row.Start)),
            new("end", "End", ColumnKind.Tag, row => Hex(row.End)) { Placement = ColumnPlacement.Data },
            new("sizeBytes", "Size", Unit.Bytes, row => (long)(row.End - row.Start)) { Rank = 2 },
            new("rssBytes", "RSS", Unit.Bytes, row => row.RssBytes),
            new("swapBytes", "Swap", Unit.Bytes, row => row.SwapBytes) { Rank = 3 },
            new("permissions", "Perm", ColumnKind.Tag, row => row.Permissions) { Rank = 1 },
            new("category", "Category", ColumnKind.Tag, row => DataName.Of(row.Category)) { Placement = ColumnPlacement.Data },
            new("categoryTitle", "Category", ColumnKind.Tag, row => BreakdownNames.Title(row.Category)) { Placement = ColumnPlacement.Screen },
            new("reason", "Why", ColumnKind.Text, row => row.Reason),
            new("name", "Name", ColumnKind.Text, row => row.Name));
    }

    private static string Hex(ulong address) => address.ToString("x", CultureInfo.InvariantCulture);
}
