using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Paths from roots to objects in a line of text.</summary>
/// <param name="page">What they are written on.</param>
internal sealed class HeapStepText(ReportPage page)
{
    /// <summary>Types in a path stand without their namespaces, as far as that is possible in so many columns.</summary>
    private const int TypeWidth = 48;

    /// <summary>Such as <c>static Shop.Cache.Entries → Dictionary&lt;String, Order&gt;</c>.</summary>
    /// <param name="path">The steps.</param>
    public string Path(ImmutableArray<HeapStep> path) => string.Join($" {page.Glyphs.Arrow} ", path.Select(Step));

    /// <summary>A change with its path shortened: the root's name stays as it is.</summary>
    /// <param name="change">The change.</param>
    public HeapChange Short(HeapChange change) => change with { Path = [.. change.Path.Select((name, i) => i == 0 ? name : Type(name))] };

    private string Step(HeapStep step) => step.IsRoot ? TerminalText.Clean(step.Name) : Field(step) + Type(step.Name);

    /// <summary>The field that refers to a step, to stand before it: <c>Customer: </c>; empty if it is not known.</summary>
    /// <param name="step">The step.</param>
    public static string Field(HeapStep step) => step.Field is { } field ? $"{TerminalText.Clean(field)}: " : "";

    private string Type(string name) => page.Names.Type(ReadableNames.WithoutNamespaces(TerminalText.Clean(name)), TypeWidth);
}
