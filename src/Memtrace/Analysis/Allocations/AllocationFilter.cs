using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>Cuts allocations down to those that matter to a question.</summary>
public static class AllocationFilter
{
    /// <summary>
    /// Keeps the stacks that <paramref name="filter"/> is about. Totals, types and sites are those of what is kept.
    /// </summary>
    /// <exception cref="RegexMatchTimeoutException">An expression has a time-out, and matching took longer.</exception>
    public static AllocationProfile Apply(AllocationProfile allocations, ProfileFilter filter)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        ArgumentNullException.ThrowIfNull(filter);
        var names = new NameFilter(filter);
        var kept = allocations.Stacks.Where(item => names.Matches(item.Type, item.Stack));
        var seconds = allocations.BytesPerSecond > 0 ? allocations.Total.Bytes / allocations.BytesPerSecond : 0;
        return AllocationGrouping.Group(allocations.Sampling, kept, seconds);
    }
}
