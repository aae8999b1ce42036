using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>What of two recordings to compare, and how.</summary>
public sealed record ComparisonOptions
{
    /// <summary>How allocations are made comparable.</summary>
    public Normalization Normalization { get; init; }

    /// <summary>Only what matches, as in <see cref="Allocations.AllocationFilter"/>; null for all. Shares remain those of all allocations.</summary>
    public Regex? Filter { get; init; }

    /// <summary>The only metric to compare by, or null for all.</summary>
    public ComparisonMetric? Metric { get; init; }

    /// <summary>Whether to make call trees.</summary>
    public bool Tree { get; init; }
}
