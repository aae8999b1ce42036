using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The columns that say which type, and where.</summary>
internal static class SiteColumns
{
    /// <summary>Type, method and source.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="type">Takes the type's name out of a row.</param>
    /// <param name="site">Takes the call site out of a row.</param>
    /// <param name="locationRank">When the source leaves for a line of its own.</param>
    public static ImmutableArray<Column<TRow>> Of<TRow>(Func<TRow, string> type, Func<TRow, Frame?> site, int locationRank) =>
    [
        new("type", "Type", ColumnKind.Type, type),
        new("method", "Call site", ColumnKind.Method, row => site(row)?.Method),
        new("file", "File", ColumnKind.Text, row => site(row)?.File) { Placement = ColumnPlacement.Data },
        new("line", "Line", ColumnKind.Count, row => site(row)?.Line) { Placement = ColumnPlacement.Data },
        new("location", "Source", ColumnKind.Location, site) { Placement = ColumnPlacement.Screen, Rank = locationRank },
    ];

    /// <summary>The frame that allocates: on the screen only where it is not the call site itself.</summary>
    /// <typeparam name="TRow">The rows' type.</typeparam>
    /// <param name="site">Takes the call site out of a row.</param>
    /// <param name="allocator">Takes the frame that allocates out of a row.</param>
    public static ImmutableArray<Column<TRow>> Allocator<TRow>(Func<TRow, Frame?> site, Func<TRow, Frame?> allocator) =>
    [
        new("allocator", "Allocator", ColumnKind.Method, row => allocator(row)?.Method) { Placement = ColumnPlacement.Data },
        new("via", "via", ColumnKind.Method, row => allocator(row) == site(row) ? null : allocator(row)?.Method) { Placement = ColumnPlacement.Detail },
    ];
}
