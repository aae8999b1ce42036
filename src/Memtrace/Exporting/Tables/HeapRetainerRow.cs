using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A line of what holds what.</summary>
/// <param name="Retainer">The branch.</param>
/// <param name="Depth">How many branches are above it.</param>
/// <param name="Guide">The lines that lead to it from the branch above, in box-drawing characters.</param>
internal sealed record HeapRetainerRow(HeapRetainer Retainer, int Depth, string Guide)
{
    /// <summary>All branches, each before those below it.</summary>
    /// <param name="retainers">What roots hold.</param>
    public static ImmutableArray<HeapRetainerRow> All(ImmutableArray<HeapRetainer> retainers) => AtLeast(retainers, 0);

    /// <summary>The branches that retain most, as many as there are lines.</summary>
    /// <param name="retainers">What roots hold.</param>
    /// <param name="lines">How many lines at most, 1 or more.</param>
    public static ImmutableArray<HeapRetainerRow> Heaviest(ImmutableArray<HeapRetainer> retainers, int lines)
    {
        var all = All(retainers);
        if (all.Length <= lines)
            return all;

        // What holds something retains at least as much, so the branches above a limit are a tree again.
        var cut = all.Select(row => row.Retainer.RetainedBytes).OrderDescending().ElementAt(lines);
        var above = AtLeast(retainers, cut + 1);
        return above.Length * 2 >= lines ? above : [.. AtLeast(retainers, cut).Take(lines)];
    }

    private static ImmutableArray<HeapRetainerRow> AtLeast(ImmutableArray<HeapRetainer> retainers, long bytes)
    {
        var rows = ImmutableArray.CreateBuilder<HeapRetainerRow>();
        Add(rows, retainers.Where(retainer => retainer.RetainedBytes >= bytes).Select(retainer => new HeapRetainerRow(retainer, 0, "")), bytes, "");
        return rows.ToImmutable();
    }

    private static void Add(ImmutableArray<HeapRetainerRow>.Builder rows, IEnumerable<HeapRetainerRow> level, long bytes, string indent)
    {
        foreach (var row in level)
        {
            rows.Add(row);
            var below = row.Guide.Length == 0 ? indent : indent + (row.Guide.EndsWith("└─ ", StringComparison.Ordinal) ? "   " : "│  ");
            var children = row.Retainer.Children.Where(child => child.RetainedBytes >= bytes).ToList();
            Add(rows, children.Select((child, i) => new HeapRetainerRow(child, row.Depth + 1, below + (i < children.Count - 1 ? "├─ " : "└─ "))), bytes, below);
        }
    }
}
