using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>Which parts of two recordings to compare, and how.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>How allocations are normalized.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Keeps only what matches, as in <see cref="ProfileFilter.Names"/>; null for all. Shares remain those of all allocations.</summary>
    public Regex? Filter { get; init; }

    /// <summary>The only metric to compare by, or null for all.</summary>
    public ComparisonMetric? Metric { get; init; }

    /// <summary>Whether to build call trees.</summary>
    public bool Tree { get; init; }
}
