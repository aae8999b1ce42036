using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of a flame graph: amounts by stack and type, or by node before and after.</summary>
internal static class FlameDocument
{
    /// <summary>Writes the amounts of a flame graph; the page adds them up by node. An error is half the width of the 95% interval, null if it is unknown.</summary>
    /// <param name="json">Where to write, inside an array.</param>
    /// <param name="id">Its name in data.</param>
    /// <param name="amounts">The amounts.</param>
    /// <param name="document">The document's stacks and names.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static void Write(Utf8JsonWriter json, string id, IReadOnlyList<StackAllocations> amounts, DocumentParts document, AllocationSampling sampling)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteBoolean("hasErrors", sampling == AllocationSampling.Randomized);
        json.WriteNumbers("node", amounts.Select(item => document.Stacks.Add(item.Stack)));
        json.WriteNumbers("type", amounts.Select(item => document.Names.Text(item.Type)));
        json.WriteNumbers("bytes", amounts.Select(item => (double?)Tenths(item.Allocated.Bytes)));
        json.WriteNumbers("error", amounts.Select(item => (double?)Tenths(item.Allocated.ErrorBytes)));
        json.WriteNumbers("objects", amounts.Select(item => (double?)Tenths(item.Allocated.Objects)));
        json.WriteNumbers("samples", amounts.Select(item => (double?)item.Allocated.Samples));
        json.WriteEndObject();
    }

    /// <summary>Writes a metric's call tree before and after.</summary>
    /// <param name="json">Where to write, inside an array.</param>
    /// <param name="metric">The metric; nothing is written where it has no tree.</param>
    /// <param name="document">The document's stacks and names.</param>
    public static void Write(Utf8JsonWriter json, MetricComparison metric, DocumentParts document)
    {
        if (metric.Tree is not { } root)
            return;

        var nodes = Nodes(root, document.Stacks).ToList();
        json.WriteStartObject();
        json.WriteString("id", DataName.Of(metric.Metric));
        json.WriteString("unit", DataName.Of(metric.Total.Unit));
        json.WriteNumbers("node", nodes.Select(item => item.Node));
        json.WriteNumbers("before", nodes.Select(item => (double?)item.Change.Before));
        json.WriteNumbers("after", nodes.Select(item => (double?)item.Change.After));
        json.WriteNumbers("error", nodes.Select(item => (double?)item.Change.Error));
        json.WriteNumbers("significant", nodes.Select(item => item.Change.Significant ? 1 : 0));
        json.WriteEndObject();
    }

    private static IEnumerable<(int Node, Change Change)> Nodes(CallTreeChange root, StackNodes stacks)
    {
        var pending = new Stack<(CallTreeChange Tree, int Node)>([(root, -1)]);
        while (pending.TryPop(out var next))
        {
            yield return (next.Node, next.Tree.Total);
            foreach (var child in next.Tree.Children)
                pending.Push((child, stacks.Child(next.Node, child.Frame!)));
        }
    }

    // A tenth of a byte is far below any error, and short.
    private static double Tenths(double value) => Math.Round(value, 1, MidpointRounding.AwayFromZero);
}
