using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Footprint.Maps;

namespace Memtrace.Exporting.Tables;

/// <summary>Each mapping of a process with its category.</summary>
public static class MappingTable
{
    /// <summary>A row for each.</summary>
    /// <param name="map">The mappings.</param>
    public static ReportTable Of(MemoryMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return ReportTable.Of(
            map.Mappings,
            new Column<ClassifiedMapping>("start", "Start", ColumnKind.Tag, row => Hex(row.Start)),
            new("sizeBytes", "Size", ColumnKind.Bytes, row => (long)(row.End - row.Start)) { Rank = 2 },
            new("rssBytes", "RSS", ColumnKind.Bytes, row => row.RssBytes),
            new("swapBytes", "Swap", ColumnKind.Bytes, row => row.SwapBytes) { Rank = 3 },
            new("permissions", "Perm", ColumnKind.Tag, row => row.Permissions) { Rank = 1 },
            new("category", "Category", ColumnKind.Tag, row => BreakdownNames.Title(row.Category)),
            new("reason", "Why", ColumnKind.Text, row => row.Reason),
            new("name", "Name", ColumnKind.Text, row => row.Name));
    }

    /// <summary>Writes the member <c>mappings</c> of a document: an array.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="map">The mappings.</param>
    public static void WriteJson(Utf8JsonWriter json, MemoryMap map)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(map);
        json.WriteArray("mappings", map.Mappings, mapping =>
        {
            json.WriteString("start", Hex(mapping.Start));
            json.WriteString("end", Hex(mapping.End));
            json.WriteNumber("rssBytes", mapping.RssBytes);
            json.WriteNumber("swapBytes", mapping.SwapBytes);
            json.WriteString("permissions", mapping.Permissions);
            json.WriteString("category", BreakdownNames.Of(mapping.Category));
            json.WriteString("reason", mapping.Reason);
            json.WriteString("name", mapping.Name);
        });
    }

    private static string Hex(ulong address) => address.ToString("x", CultureInfo.InvariantCulture);
}
