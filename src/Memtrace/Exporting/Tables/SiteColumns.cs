using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The columns of a call site.</summary>
/// <typeparam name="TRow">The rows' type.</typeparam>
/// <param name="site">Takes the frame that is the site out of a row.</param>
internal sealed class SiteColumns<TRow>(Func<TRow, Frame?> site)
{
    /// <summary>The method.</summary>
    public Column<TRow> Method { get; } = new("method", "Call site", ColumnKind.Method, row => site(row)?.Method);

    /// <summary>The place in the source as data has it.</summary>
    public ImmutableArray<Column<TRow>> Source { get; } =
    [
        new("file", "File", ColumnKind.Text, row => site(row)?.File) { Placement = ColumnPlacement.Data },
        new("line", "Line", Unit.Count, row => site(row)?.Line) { Placement = ColumnPlacement.Data },
    ];

    /// <summary>The place in the source as the screen has it.</summary>
    public Column<TRow> Location { get; } = new("location", "Source", site) { Placement = ColumnPlacement.Screen };

    /// <summary>The method that allocates: on the screen only where it is not the call site itself.</summary>
    /// <param name="allocator">Takes the frame that allocates out of a row.</param>
    public ImmutableArray<Column<TRow>> Allocator(Func<TRow, Frame?> allocator) =>
    [
        new("allocator", "Allocator", ColumnKind.Method, row => allocator(row)?.Method) { Placement = ColumnPlacement.Data },
        new("via", "via", ColumnKind.Method, row => allocator(row) == site(row) ? null : allocator(row)?.Method) { Placement = ColumnPlacement.Detail },
    ];

    /// <summary>The heaviest stack of the site, in data only.</summary>
    /// <param name="stack">Takes it out of a row.</param>
    public static Column<TRow> Stack(Func<TRow, CallStack?> stack) =>
        new("stack", "Stack", ColumnKind.Stack, row => new StackCell(stack(row))) { Placement = ColumnPlacement.Data };
}
