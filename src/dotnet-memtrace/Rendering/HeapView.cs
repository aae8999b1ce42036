using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What of a heap to show.</summary>
internal enum HeapView
{
    /// <summary>The first page: where memory gathers, types, what holds what, roots.</summary>
    Summary,

    /// <summary>Where memory gathers.</summary>
    Suspects,

    /// <summary>By type.</summary>
    Types,

    /// <summary>What holds what, from the roots down.</summary>
    Retainers,

    /// <summary>From the roots to objects of a type.</summary>
    Paths,

    /// <summary>By root.</summary>
    Roots,

    /// <summary>By size.</summary>
    Sizes,
}

/// <summary>How to show it.</summary>
internal sealed record HeapOptions
{
    /// <summary>What to show.</summary>
    public HeapView View { get; init; }

    /// <summary>Lines in each list; null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>Paths to the objects that were asked for; empty in the other views.</summary>
    public ImmutableArray<HeapPath> Paths { get; init; } = [];
}
