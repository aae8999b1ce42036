using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>Cuts allocations down to those that matter to a question.</summary>
public static class AllocationFilter
{
    /// <summary>
    /// Keeps the stacks whose type, or the method of any of whose frames, <paramref name="filter"/> matches. Totals, types and sites are those of what is kept.
    /// </summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a time-out, and matching took longer.</exception>
    public static AllocationProfile Apply(AllocationProfile allocations, Regex filter)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        ArgumentNullException.ThrowIfNull(filter);
        var matches = new Dictionary<CallStack, bool>();
        var kept = allocations.Stacks.Where(item => filter.IsMatch(item.Type) || Matches(item.Stack));
        var seconds = allocations.BytesPerSecond > 0 ? allocations.Total.Bytes / allocations.BytesPerSecond : 0;
        return AllocationGrouping.Group(allocations.Sampling, kept, seconds);

        bool Matches(CallStack? stack)
        {
            if (stack is null)
                return false;
            if (!matches.TryGetValue(stack, out var match))
            {
                match = filter.IsMatch(stack.Frame.Method) || Matches(stack.Caller);
                matches.Add(stack, match);
            }

            return match;
        }
    }
}
