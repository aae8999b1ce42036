using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Writes what changed between two heap snapshots, in any format.</summary>
/// <param name="output">Where to write, and in which format.</param>
/// <param name="options">What to show.</param>
internal sealed class HeapComparisonOutput(ReportOutput output, HeapOptions options)
{
    /// <summary>Writes a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public void Write(HeapComparison comparison) => output.Write(
        console => HeapDiffRenderer.Write(comparison, console, options),
        stream => JsonHeapComparison.Write(stream, comparison),
        writer => CsvReport.Write(writer, Top(Table(comparison))));

    private ReportTable Table(HeapComparison comparison) => options.View switch
    {
        HeapView.Retainers => HeapTables.Changes(comparison.Retainers, ColumnKind.Text, "Path"),
        HeapView.Roots => HeapTables.Changes(comparison.Roots, ColumnKind.Text, "Root"),
        _ => HeapTables.Changes(comparison.Types, ColumnKind.Type, "Type"),
    };

    private ReportTable Top(ReportTable table) => table with { Rows = table.Rows.Take(options.Top ?? int.MaxValue) };
}
