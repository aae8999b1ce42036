using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What a report shows.</summary>
internal enum ReportView
{
    /// <summary>The first page: a bit of everything.</summary>
    Summary,

    /// <summary>What follows from all of it, in plain words.</summary>
    Findings,

    /// <summary>Where the resident set is.</summary>
    Breakdown,

    /// <summary>Allocations by type.</summary>
    Types,

    /// <summary>Allocations by call site.</summary>
    Sites,

    /// <summary>The call tree of allocations, or of what lives.</summary>
    Tree,

    /// <summary>What lives at the end.</summary>
    Live,

    /// <summary>What lived when the live heap was largest.</summary>
    Peak,

    /// <summary>Where survivors grow.</summary>
    Growth,

    /// <summary>Where objects die, and in which generation.</summary>
    Lifetimes,

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

    /// <summary>Of what the call tree is.</summary>
    public CallTreeValue Value { get; init; }

    /// <summary>Whether the call tree goes from the methods that allocate to their callers.</summary>
    public bool Inverted { get; init; }

    /// <summary>The smallest share of the total that the call tree lists, 0 to 1.</summary>
    public double MinimumShare { get; init; } = 0.01;

    /// <summary>Whether each frame of the call tree has a line of its own, also in runs of framework code.</summary>
    public bool AllFrames { get; init; }

    /// <summary>What the profile was filtered by, or null.</summary>
    public AppliedFilter? Filter { get; init; }

    /// <summary>Whether only a recording with survival can show it.</summary>
    public bool NeedsSurvival => View is ReportView.Live or ReportView.Peak or ReportView.Growth or ReportView.Lifetimes
        || (View == ReportView.Tree && Value != CallTreeValue.Allocated);
}

/// <summary>A filter that a profile has been through.</summary>
/// <param name="Text">The filter in words.</param>
/// <param name="Unfiltered">The profile before it.</param>
internal sealed record AppliedFilter(string Text, MemoryProfile Unfiltered);
