using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>Writes what changed between two heap snapshots, in any format.</summary>
/// <param name="output">Where to write, and in which format.</param>
/// <param name="view">What to show.</param>
/// <param name="top">Lines in each list; null for what suits the format.</param>
internal sealed class HeapComparisonOutput(ReportOutput output, HeapDiffView view, int? top)
{
    /// <summary>Writes a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public void Write(HeapComparison comparison) => output.Write(
        console => HeapDiffRenderer.Write(comparison, console, view, top),
        stream => JsonHeapComparison.Write(stream, comparison),
        writer => CsvReport.Write(writer, view.Table(comparison).First(top)),
        stream => HtmlReport.Write(stream, comparison));
}
