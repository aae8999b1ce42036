using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A single figure before and after.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Before">Its value before; null if the recording does not say.</param>
/// <param name="After">Its value after; null if the recording does not say.</param>
internal sealed record FigureChange(MemoryFigure Figure, double? Before, double? After)
{
    /// <summary>The value before, the value after, and the difference.</summary>
    public static ImmutableArray<Column<FigureChange>> Columns { get; } =
    [
        new("before", "Before", ColumnKind.Number, row => Tables.Figure.Of(row.Figure.Unit, row.Before)),
        new("after", "After", ColumnKind.Number, row => Tables.Figure.Of(row.Figure.Unit, row.After)),
        new("change", "Change", ColumnKind.Number, row => Tables.Figure.ChangeOf(row.Figure.Unit, row.After - row.Before)),
    ];

    /// <summary>The difference relative to the value before; null if there was none.</summary>
    public double? Ratio => Before > 0 ? (After - Before) / Before : null;

    /// <summary>The change of a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="comparison">The comparison.</param>
    public static FigureChange Of(MemoryFigure figure, ProfileComparison comparison) => new(figure, figure.Value(comparison.Before), figure.Value(comparison.After));
}
