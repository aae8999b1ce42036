using System.Collections.Immutable;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>The amounts of a recording in a metric.</summary>
internal static class MetricAmounts
{
    /// <summary>What a recording lacks to have a metric; null if it has it.</summary>
    /// <param name="profile">The recording.</param>
    /// <param name="metric">The metric.</param>
    public static MissingData? Missing(MemoryProfile profile, ComparisonMetric metric)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return metric switch
        {
            ComparisonMetric.Allocated when !profile.Allocations.IsKnown => MissingData.Allocations,
            ComparisonMetric.Live or ComparisonMetric.Peak when profile.Live is null => MissingData.Survival,
            ComparisonMetric.Rss when profile.Memory.Rss is null => MissingData.ResidentSet,
            _ => null,
        };
    }

    /// <summary>The amounts by type and stack, heaviest first; null if the recording lacks the metric, or the metric has no types and stacks.</summary>
    /// <param name="profile">The recording.</param>
    /// <param name="metric">The metric.</param>
    internal static AllocationProfile? Of(MemoryProfile profile, ComparisonMetric metric) => Missing(profile, metric) is not null ? null : metric switch
    {
        ComparisonMetric.Allocated => profile.Allocations,
        ComparisonMetric.Live => Of(profile.Allocations.Sampling, profile.Live!.End),
        ComparisonMetric.Peak => Of(profile.Allocations.Sampling, profile.Live!.Peak),
        _ => null,
    };

    // Live bytes are what remains of the allocated bytes, so they are grouped in the same way.
    private static AllocationProfile Of(AllocationSampling sampling, LiveSnapshot snapshot) => AllocationGrouping.Group(
        sampling, snapshot.Stacks.Select(item => new StackAllocations(item.Type, item.Stack, item.Live)), seconds: 0);
}
