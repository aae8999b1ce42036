using System.Collections.Immutable;
using Memtrace.Units;

namespace Memtrace.Profiles;

/// <summary>The metrics of a comparison.</summary>
public enum ComparisonMetric
{
    /// <summary>Bytes allocated.</summary>
    Allocated,

    /// <summary>Bytes alive at the end.</summary>
    Live,

    /// <summary>Bytes alive when the tracked live heap was largest.</summary>
    Peak,

    /// <summary>Resident set at the end. It has no types and call sites.</summary>
    Rss,
}

/// <summary>How allocations of recordings of different lengths are made comparable. Live bytes and the resident set stay as they are.</summary>
public enum Normalization
{
    /// <summary>Per second of the recording.</summary>
    Seconds,

    /// <summary>Per byte allocated in total: shares.</summary>
    Bytes,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>How an amount changed. Changes within noise have no tag.</summary>
public enum ChangeTag
{
    /// <summary>Nothing significant.</summary>
    None,

    /// <summary>There was none before.</summary>
    New,

    /// <summary>There is none after.</summary>
    Gone,

    /// <summary>More than before.</summary>
    Grown,

    /// <summary>Less than before.</summary>
    Shrunk,
}

/// <summary>An amount before and after, in the same unit. Immutable.</summary>
/// <param name="Unit">The unit of all amounts.</param>
/// <param name="Before">The amount before.</param>
/// <param name="After">The amount after.</param>
/// <param name="Error">Half the width of the 95% interval around the difference; it includes the errors of both recordings.</param>
/// <param name="Significant">Whether the difference is beyond noise (the test: docs/diff.md).</param>
/// <param name="BeforeSamples">How many samples the amount before is based on.</param>
/// <param name="AfterSamples">How many samples the amount after is based on.</param>
public sealed record Change(Unit Unit, double Before, double After, double Error, bool Significant, long BeforeSamples, long AfterSamples)
{
    /// <summary>After minus before.</summary>
    public double Difference => After - Before;

    /// <summary>The difference relative to the amount before, or null if that was 0.</summary>
    public double? Ratio => Before > 0 ? Difference / Before : null;

    /// <summary>Its result.</summary>
    public ChangeTag Tag => this switch
    {
        { Significant: false } => ChangeTag.None,
        { BeforeSamples: 0 } => ChangeTag.New,
        { AfterSamples: 0 } => ChangeTag.Gone,
        { Difference: > 0 } => ChangeTag.Grown,
        _ => ChangeTag.Shrunk,
    };
}

/// <summary>A type before and after.</summary>
/// <param name="Type">Readable full type name, without the compiler's numbers.</param>
/// <param name="Change">The change.</param>
public sealed record TypeChange(string Type, Change Change);

/// <summary>A type and call site before and after.</summary>
/// <param name="Type">Readable full type name, without the compiler's numbers.</param>
/// <param name="Site">
/// The frame that is the site, or null if the events carried no stack. Its line is that of the recording after, of the one before only where the
/// site is gone.
/// </param>
/// <param name="Change">The change.</param>
public sealed record SiteChange(string Type, Frame? Site, Change Change);

/// <summary>A node of a call tree that both recordings share. The root has no frame. Immutable.</summary>
/// <param name="Frame">The frame, or null at the root.</param>
/// <param name="Total">The amount of this node and of all nodes below.</param>
/// <param name="Self">The amount of this node alone.</param>
/// <param name="Weight">The sum of the absolute differences here and in all nodes below: differences that cancel out in the total count.</param>
/// <param name="Children">The callees, ordered by weight, largest first.</param>
public sealed record CallTreeChange(Frame? Frame, Change Total, Change Self, double Weight, ImmutableArray<CallTreeChange> Children)
    : ICallTreeNode<CallTreeChange>;

/// <summary>
/// One metric before and after. Types and sites: significant changes first, then by absolute difference, largest first.
/// </summary>
/// <param name="Metric">The metric.</param>
/// <param name="Total">The total.</param>
/// <param name="Types">By type.</param>
/// <param name="Sites">By type and call site.</param>
/// <param name="Tree">By call tree, or null if it was not requested.</param>
public sealed record MetricComparison(
    ComparisonMetric Metric,
    Change Total,
    ImmutableArray<TypeChange> Types,
    ImmutableArray<SiteChange> Sites,
    CallTreeChange? Tree);

/// <summary>The resident set by category before and after. Immutable.</summary>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
public sealed record BreakdownChange(MemoryBreakdown Before, MemoryBreakdown After);

/// <summary>A comparison of two recordings. Immutable.</summary>
/// <param name="Before">The recording before.</param>
/// <param name="After">The recording after.</param>
/// <param name="Normalization">How allocations were made comparable.</param>
/// <param name="Metrics">Each metric that has types and call sites and that both recordings have.</param>
public sealed record ProfileComparison(
    MemoryProfile Before,
    MemoryProfile After,
    Normalization Normalization,
    ImmutableArray<MetricComparison> Metrics)
{
    /// <summary>The last snapshot of the resident set by category in each recording; null if one of them has none.</summary>
    public BreakdownChange? Breakdown => (Before.Breakdown, After.Breakdown) is ([.., var before], [.., var after]) ? new(before, after) : null;

    /// <summary>The comparison by a metric, or null if there is none.</summary>
    /// <param name="metric">The metric.</param>
    public MetricComparison? By(ComparisonMetric metric) => Metrics.FirstOrDefault(item => item.Metric == metric);
}
