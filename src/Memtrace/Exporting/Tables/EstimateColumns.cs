using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The columns of an estimate. It is unknown if allocations were not sampled.</summary>
/// <typeparam name="TRow">The rows' type.</typeparam>
/// <param name="sampling">How allocations were sampled.</param>
/// <param name="estimate">Takes the estimate out of a row.</param>
internal sealed class EstimateColumns<TRow>(AllocationSampling sampling, Func<TRow, Estimate> estimate)
{
    /// <summary>The bytes.</summary>
    public Column<TRow> Bytes { get; } = new("bytes", "Bytes", Unit.Bytes, row => sampling == AllocationSampling.None ? null : estimate(row).Bytes);

    /// <summary>The error of the bytes: unknown for ticks, which do not show what they represent.</summary>
    public Column<TRow> Error { get; } = new("errorBytes", "Error", ColumnKind.Error, row => sampling == AllocationSampling.Randomized ? new ErrorCell(estimate(row)) : null);

    /// <summary>The lower end of the 95% interval of the bytes.</summary>
    public Column<TRow> Low { get; } = Bound("lowBytes", "Low", sampling, row => estimate(row).LowBytes);

    /// <summary>The upper end of the 95% interval of the bytes.</summary>
    public Column<TRow> High { get; } = Bound("highBytes", "High", sampling, row => estimate(row).HighBytes);

    /// <summary>The objects.</summary>
    public Column<TRow> Objects { get; } = new("objects", "Objects", Unit.Count, row => sampling == AllocationSampling.None ? null : estimate(row).Objects);

    /// <summary>The samples.</summary>
    public Column<TRow> Samples { get; } = new("samples", "Samples", Unit.Count, row => estimate(row).Samples);

    /// <summary>The bytes with their error and their interval.</summary>
    public ImmutableArray<Column<TRow>> Amount => [Bytes, Error, Low, High];

    /// <summary>All of them.</summary>
    public ImmutableArray<Column<TRow>> All => [.. Amount, Objects, Samples];

    private static Column<TRow> Bound(string key, string title, AllocationSampling sampling, Func<TRow, double> bytes) =>
        new(key, title, Unit.Bytes, row => sampling == AllocationSampling.Randomized ? bytes(row) : null) { Placement = ColumnPlacement.Data };
}
