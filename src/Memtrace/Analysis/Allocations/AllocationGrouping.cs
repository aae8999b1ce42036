using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>Sums allocations by type and stack into totals by type, by call site and overall.</summary>
internal static class AllocationGrouping
{
    /// <summary>The profile of these amounts, each of a distinct type and stack.</summary>
    /// <param name="sampling">How they were sampled.</param>
    /// <param name="stacks">The allocations.</param>
    /// <param name="seconds">Length of the window in seconds.</param>
    public static AllocationProfile Group(AllocationSampling sampling, IEnumerable<StackAllocations> stacks, double seconds)
    {
        ImmutableArray<StackAllocations> items = [.. stacks.OrderByDescending(item => item.Allocated.Bytes).ThenBy(item => item.Type, StringComparer.Ordinal)];
        var total = items.Aggregate(Estimate.Zero, (sum, item) => sum + item.Allocated);
        return new AllocationProfile(sampling, total, seconds > 0 ? total.Bytes / seconds : 0, Types(items), Sites(items), items);
    }

    private static ImmutableArray<TypeAllocations> Types(ImmutableArray<StackAllocations> items)
    {
        var sums = new Dictionary<string, Estimate>(StringComparer.Ordinal);
        foreach (var item in items)
            CollectionsMarshal.GetValueRefOrAddDefault(sums, item.Type, out _) += item.Allocated;
        return [.. sums.Select(sum => new TypeAllocations(sum.Key, sum.Value)).OrderByDescending(sum => sum.Allocated.Bytes).ThenBy(sum => sum.Type, StringComparer.Ordinal)];
    }

    /// <summary>The items are ordered heaviest first, so the first of a site has its representative stack.</summary>
    private static ImmutableArray<SiteAllocations> Sites(ImmutableArray<StackAllocations> items)
    {
        var sums = new Dictionary<CallSite, SiteAllocations>();
        foreach (var item in items)
        {
            var site = CallSite.Of(item.Type, item.Stack);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, site, out var known);
            sum = known
                ? sum! with { Allocated = sum.Allocated + item.Allocated }
                : new SiteAllocations(item.Type, site.Frame, item.Stack?.Frame, item.Stack, item.Allocated);
        }

        return [.. sums.Values.OrderByDescending(sum => sum.Allocated.Bytes).ThenBy(sum => sum.Type, StringComparer.Ordinal)];
    }
}
