using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What a report shows, and how.</summary>
internal sealed record ReportOptions
{
    /// <summary>The view.</summary>
    public ReportView View { get; init; } = ReportView.Summary;

    /// <summary>Lines in each list; null for the view's default.</summary>
    public int? Top { get; init; }

    /// <summary>The order of types and call sites.</summary>
    public AllocationOrder Order { get; init; }

    /// <summary>What the call tree's amounts are.</summary>
    public CallTreeValue Value { get; init; }

    /// <summary>Which way the call tree goes.</summary>
    public CallTreeDirection Direction { get; init; }

    /// <summary>The smallest share of the total that the call tree lists, 0 to 1.</summary>
    public double MinimumShare { get; init; } = 0.01;

    /// <summary>Whether each frame of the call tree has its own line, also in runs of framework code.</summary>
    public bool AllFrames { get; init; }

    /// <summary>What the profile was filtered by, or null.</summary>
    public AppliedFilter? Filter { get; init; }

    /// <summary>Whether only a recording with survival can show it.</summary>
    public bool NeedsSurvival => View.NeedsSurvival || (View == ReportView.Tree && Value != CallTreeValue.Allocated);

    /// <summary>Lines in each list on the screen.</summary>
    public int Lines => Top ?? View.Top;

    /// <summary>The types and call sites on the screen.</summary>
    public AllocationSelection Selection => new(Order, Lines);

    /// <summary>The types and call sites in data: all of them unless the user says how many.</summary>
    public AllocationSelection All => new(Order, Top);
}
