using System.Collections.Immutable;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>The amounts of a recording by a metric.</summary>
public static class MetricAmounts
{
    /// <summary>Why a recording has no amounts by a metric, as the rest of a sentence about it and with what to do; null where it has.</summary>
    /// <param name="profile">The recording.</param>
    /// <param name="metric">The metric.</param>
    public static string? WhyMissing(MemoryProfile profile, ComparisonMetric metric)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return metric switch
        {
            ComparisonMetric.Allocated when !profile.Allocations.IsKnown => "has no allocation events",
            ComparisonMetric.Live or ComparisonMetric.Peak when profile.Live is null =>
                "does not say what survived: record with 'dotnet-memtrace collect --live'",
            ComparisonMetric.Rss when profile.Memory.Rss is null => "has no readings of the resident set: record with 'dotnet-memtrace collect'",
            _ => null,
        };
    }

    /// <summary>The amounts by type and stack, heaviest first; null where the recording has none, or none by type and stack.</summary>
    /// <param name="profile">The recording.</param>
    /// <param name="metric">The metric.</param>
    internal static AllocationProfile? Of(MemoryProfile profile, ComparisonMetric metric) => WhyMissing(profile, metric) is not null ? null : metric switch
    {
        ComparisonMetric.Allocated => profile.Allocations,
        ComparisonMetric.Live => Of(profile.Allocations.Sampling, profile.Live!.End),
        ComparisonMetric.Peak => Of(profile.Allocations.Sampling, profile.Live!.Peak),
        _ => null,
    };

    // Live bytes have the form of allocations: of those, they are what is left.
    private static AllocationProfile Of(AllocationSampling sampling, LiveSnapshot snapshot) => AllocationGrouping.Group(
        sampling, snapshot.Stacks.Select(item => new StackAllocations(item.Type, item.Stack, item.Live)), seconds: 0);
}
