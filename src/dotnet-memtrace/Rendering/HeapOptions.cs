using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What to show of a heap, and how.</summary>
internal sealed record HeapOptions
{
    /// <summary>What to show.</summary>
    public HeapView View { get; init; } = HeapView.Summary;

    /// <summary>Lines in each list; null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>Paths to the objects that were asked for; empty in the other views.</summary>
    public ImmutableArray<HeapPath> Paths { get; init; } = [];

    /// <summary>Whether there are objects of a type that was asked for.</summary>
    public bool HasSelectedTypes { get; init; } = true;

    /// <summary>Lines in each list.</summary>
    public int Lines => Top ?? View.Top;
}
