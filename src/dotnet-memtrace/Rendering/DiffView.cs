using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What a comparison shows.</summary>
internal enum DiffView
{
    /// <summary>The first page: memory, and what changed by type and call site.</summary>
    Summary,

    /// <summary>By type.</summary>
    Types,

    /// <summary>By type and call site.</summary>
    Sites,

    /// <summary>The call tree.</summary>
    Tree,

    /// <summary>Memory, collections and pauses.</summary>
    Memory,

    /// <summary>Where the resident set is.</summary>
    Breakdown,

    /// <summary>Of heap snapshots: what holds what.</summary>
    Retainers,

    /// <summary>Of heap snapshots: by root.</summary>
    Roots,
}

/// <summary>How a comparison shows what it shows.</summary>
internal sealed record DiffOptions
{
    /// <summary>What it shows.</summary>
    public DiffView View { get; init; }

    /// <summary>The only metric, or null for all.</summary>
    public ComparisonMetric? Metric { get; init; }

    /// <summary>Lines in each list; null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>The regular expression that the amounts were filtered by, or null.</summary>
    public string? Filter { get; init; }
}
