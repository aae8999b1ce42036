using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What a report shows.</summary>
internal enum ReportView
{
    /// <summary>The first page: a bit of everything.</summary>
    Summary,

    /// <summary>Allocations by type.</summary>
    Types,

    /// <summary>Allocations by call site.</summary>
    Sites,

    /// <summary>The call tree of allocations.</summary>
    Tree,

    /// <summary>Each garbage collection.</summary>
    Collections,

    /// <summary>Memory over time.</summary>
    Timeline,
}

/// <summary>How a report shows what it shows.</summary>
internal sealed record ReportOptions
{
    /// <summary>What it shows.</summary>
    public ReportView View { get; init; }

    /// <summary>Lines in each list; null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>The order of types and call sites.</summary>
    public AllocationOrder Order { get; init; }

    /// <summary>Whether the call tree goes from the methods that allocate to their callers.</summary>
    public bool Inverted { get; init; }

    /// <summary>The smallest share of the total that the call tree lists, 0 to 1.</summary>
    public double MinimumShare { get; init; } = 0.01;

    /// <summary>What the allocations were filtered by, or null.</summary>
    public AppliedFilter? Filter { get; init; }
}

/// <summary>A filter that a profile's allocations have been through.</summary>
/// <param name="Pattern">The regular expression.</param>
/// <param name="Unfiltered">All allocations.</param>
internal sealed record AppliedFilter(string Pattern, Estimate Unfiltered);
